"""What a person can do in a chat: one module a subject, each with a `router`; `ROUTERS` lists them all."""

from handlers import (
    announcing,
    asking,
    ending,
    grouping,
    hello,
    inviting,
    linking,
    me,
    mydata,
    odd,
    reading,
    voting,
)

ROUTERS = (
    hello.router,
    voting.router,
    asking.router,
    ending.router,
    reading.router,
    announcing.router,
    me.router,
    mydata.router,
    inviting.router,
    grouping.router,
    linking.router,
    odd.router,
)
