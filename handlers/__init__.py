"""What a person can do in a chat: one module a subject, each with a `router`; `ROUTERS` lists them all."""

from handlers import (
    again,
    announcing,
    asking,
    ending,
    grouping,
    hearing,
    hello,
    inviting,
    linking,
    me,
    mydata,
    odd,
    promising,
    reading,
    suggesting,
    voting,
)

ROUTERS = (
    hello.router,
    voting.router,
    asking.router,
    again.router,
    ending.router,
    reading.router,
    suggesting.router,
    promising.router,
    announcing.router,
    me.router,
    mydata.router,
    hearing.router,
    inviting.router,
    grouping.router,
    linking.router,
    odd.router,
)
