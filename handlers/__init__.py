"""What a person can do in a chat: one module a subject, each with a `router`; `ROUTERS` lists them all."""

from handlers import announcing, odd
from handlers.community import grouping, inviting, picturing, posters
from handlers.in_charge import (
    desk,
    desk_flows,
    desk_moving,
    desk_templates,
    hiding,
    officers,
    reports_in_numbers,
    team_mail,
)
from handlers.people import hello, helping, linking, me, mydata
from handlers.polling import (
    again,
    asking,
    elsewhere,
    ending,
    hearing,
    promising,
    reading,
    suggesting,
    turning_out,
    voting,
)
from handlers.reporting import checking_fixed, my_reports, report_flow, report_following, reporting

ROUTERS = (
    hello.router,
    voting.router,
    reporting.router,
    report_flow.router,
    my_reports.router,
    elsewhere.router,
    asking.router,
    again.router,
    ending.router,
    reading.router,
    suggesting.router,
    promising.router,
    announcing.router,
    me.router,
    mydata.router,
    report_following.router,
    checking_fixed.router,
    desk.router,
    desk_flows.router,
    desk_moving.router,
    desk_templates.router,
    hiding.router,
    reports_in_numbers.router,
    posters.router,
    picturing.router,
    team_mail.router,
    turning_out.router,
    hearing.router,
    inviting.router,
    officers.router,
    grouping.router,
    linking.router,
    helping.router,
    odd.router,
)
