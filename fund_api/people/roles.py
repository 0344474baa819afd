"""Roles, and what each may do: the one table of permissions.

A permission is written scope:resource:action. The scope `fund` means everywhere, `own` the campaigns that the person
belongs to. A role that somebody has in one campaign or funding program gives them its permissions there alone.
"""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the fund."""

    MEMBER = "MEMBER"
    COORDINATOR = "COORDINATOR"
    GRANTS_OFFICER = "GRANTS_OFFICER"
    REVIEWER = "REVIEWER"
    APPROVER = "APPROVER"
    FINANCE = "FINANCE"
    HIRING_OFFICER = "HIRING_OFFICER"
    ADVISOR = "ADVISOR"
    EDITOR = "EDITOR"
    REPORTER = "REPORTER"
    ADMINISTRATOR = "ADMINISTRATOR"


READ_SCHEMA = "fund:schema:read"
"""To ask about the schema itself where not everybody may."""

_LIBRARY_READ = ("fund:resource:read", "fund:resource:internal")
"""What of the library is the staff's, and the members'."""

_LIBRARY_WORK = ("fund:resource:edit", "fund:print:manage", "fund:career:manage")
"""What editors do: they publish, ship what is printed, and announce programs."""

_CAMPAIGN_WORK = (
    "fund:campaign:read",
    "fund:campaign:create",
    "fund:campaign:update",
    "fund:campaign:publish",
    "fund:support:read",
    "fund:support:decide",
    "fund:support:log",
    "fund:event:read",
    "fund:person:read",
    *_LIBRARY_READ,
)

_STAFF_WORK = ("fund:campaign:read", "fund:event:read", "fund:person:read", *_LIBRARY_READ)
_GRANTS_SEEN = ("fund:grant:read", "fund:budget:read")
"""What everybody needs who works on grants or reports on them."""

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.MEMBER: frozenset({"fund:resource:read"}),
    Role.COORDINATOR: frozenset(
        {"own:campaign:read", "own:campaign:update", "own:event:read", "own:grant:read", "own:grant:apply"}
    ),
    Role.GRANTS_OFFICER: frozenset({*_CAMPAIGN_WORK, *_GRANTS_SEEN, "fund:grant:prepare", "fund:review:read"}),
    Role.REVIEWER: frozenset(
        {
            *("fund:campaign:read", "fund:person:read", "fund:grant:read", "fund:grant:review", "fund:review:read"),
            *_LIBRARY_READ,
        }
    ),
    Role.APPROVER: frozenset({*_STAFF_WORK, *_GRANTS_SEEN, "fund:grant:decide", "fund:review:read"}),
    Role.FINANCE: frozenset({*_STAFF_WORK, *_GRANTS_SEEN, "fund:grant:pay"}),
    Role.HIRING_OFFICER: frozenset({*_STAFF_WORK, "fund:hiring:read", "fund:hiring:manage"}),
    Role.ADVISOR: frozenset({"own:campaign:read", "own:hiring:advise"}),
    Role.EDITOR: frozenset({*_LIBRARY_READ, *_LIBRARY_WORK}),
    Role.REPORTER: frozenset({"fund:campaign:read", "fund:event:read", "fund:hiring:read", *_GRANTS_SEEN}),
    Role.ADMINISTRATOR: frozenset(
        {
            *(*_CAMPAIGN_WORK, *_GRANTS_SEEN),
            *("fund:budget:manage", "fund:person:manage", "fund:event:private", "fund:hiring:read", *_LIBRARY_WORK),
            READ_SCHEMA,
        }
    ),
}


OWNED = ("campaign", "event", "support", "grant", "review", "budget")
"""The resources of which a campaign or a program has its own. Hiring support and careers are not among them: who is to
work on a request, or to advise, has the role everywhere.
"""


def permissions_of(roles: set[Role], scoped: set[Role]) -> frozenset[str]:
    """What somebody may do with `roles` everywhere and `scoped` roles in some campaigns or programs."""
    everywhere = {permission for role in roles for permission in PERMISSIONS[role]}
    there = {tuple(permission.split(":")) for role in scoped for permission in PERMISSIONS[role]}
    return frozenset(everywhere | {f"own:{resource}:{action}" for _, resource, action in there if resource in OWNED})
