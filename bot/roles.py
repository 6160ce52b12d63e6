"""What a process does of the whole: everything, or one part of it where several share a PostgreSQL database."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import SettingWrong
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Role:
    """`doors`: receives, answers and shows pages. `post`: delivers. `clock`: does what is due at its time."""

    name: str
    doors: bool = False
    post: bool = False
    clock: bool = False


ALL = Role("all", doors=True, post=True, clock=True)
ROLES = {
    role.name: role
    for role in (ALL, Role("web", doors=True), Role("post", post=True), Role("jobs", clock=True))
}


def fits(role: Role, settings: Settings) -> None:
    """Raises SettingWrong when the database cannot carry a town in several parts."""
    if role != ALL and settings.database.get_backend_name() == "sqlite":
        raise SettingWrong(
            f"The role {role.name} needs PostgreSQL: a SQLite file has one writer at a time and wakes nobody in "
            "another process. Set DATABASE_URL to a PostgreSQL server, or run without --role."
        )
