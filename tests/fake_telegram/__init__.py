"""A fake Telegram Bot API over real HTTP; see `telegram.py` for what a test holds."""

from tests.fake_telegram.faults import Fault
from tests.fake_telegram.groups import Group
from tests.fake_telegram.people import Person
from tests.fake_telegram.record import Call, Violation
from tests.fake_telegram.screen import Seen
from tests.fake_telegram.state import Toast
from tests.fake_telegram.telegram import TOKEN, FakeTelegram

__all__ = ["TOKEN", "Call", "FakeTelegram", "Fault", "Group", "Person", "Seen", "Toast", "Violation"]
