"""Every endpoint below a repository, with the right that it needs."""

from __future__ import annotations

from lakeflow_sources.testing.vendor import Route

from .calls import Calls, dump, repository_routes
from .caps import Caps
from .coding import Coding, itself, languages
from .reviewing import Reviewing
from .running import Running
from .tracking import Tracking

__all__ = ["rest_routes"]


def rest_routes(calls: Calls, caps: Caps, reviewing: Reviewing) -> list[Route]:
    """All of them."""
    tracking, coding, running = Tracking(caps), Coding(caps), Running(caps)
    return repository_routes(
        calls,
        {
            "": ("", itself),
            "/issues": ("issues", tracking.issues),
            "/issues/comments": ("issues", tracking.comments("comments")),
            "/issues/events": ("issues", tracking.events),
            r"/issues/{number:\d+}": ("issues", tracking.issue),
            r"/issues/{number:\d+}/events": ("issues", tracking.below_issue("events")),
            r"/issues/{number:\d+}/timeline": ("issues", tracking.below_issue("timeline")),
            "/pulls": ("pull_requests", reviewing.pulls),
            "/pulls/comments": ("pull_requests", tracking.comments("review_comments")),
            r"/pulls/{number:\d+}": ("pull_requests", reviewing.pull),
            r"/pulls/{number:\d+}/reviews": ("pull_requests", reviewing.below_pull("reviews")),
            r"/pulls/{number:\d+}/commits": ("pull_requests", reviewing.below_pull("commits")),
            r"/pulls/{number:\d+}/files": ("pull_requests", reviewing.below_pull("files")),
            "/compare/{between}": ("contents", reviewing.compare),
            "/commits": ("contents", coding.commits),
            "/comments": ("contents", coding.simple("commit_comments")),
            "/branches": ("contents", coding.simple("branches")),
            "/tags": ("contents", coding.simple("tags")),
            "/releases": ("contents", coding.releases),
            "/labels": ("issues", tracking.labels),
            "/milestones": ("issues", tracking.milestones),
            "/languages": ("metadata", lambda _, one: dump(languages(one))),
            "/topics": ("metadata", lambda _, one: dump({"names": one.record["topics"]})),
            "/assignees": ("issues", coding.simple("assignees")),
            "/collaborators": ("metadata", coding.simple("collaborators")),
            "/contributors": ("metadata", coding.contributors),
            "/stargazers": ("metadata", coding.stargazers),
            "/subscribers": ("metadata", coding.simple("watchers")),
            "/actions/workflows": ("actions", running.wrapped("workflows", "workflows")),
            "/actions/runs": ("actions", running.runs),
            r"/actions/runs/{id:\d+}": ("actions", running.one("runs")),
            r"/actions/runs/{id:\d+}/attempts/{attempt:\d+}": ("actions", running.attempt),
            r"/actions/runs/{id:\d+}/jobs": ("actions", running.jobs),
            "/environments": ("actions", running.wrapped("environments", "environments")),
            r"/deployments/{id:\d+}": ("deployments", running.one("deployments")),
            "/deployments": ("deployments", running.newest("deployments")),
            r"/deployments/{id:\d+}/statuses": ("deployments", running.statuses),
            "/events": ("metadata", running.public_events),
        },
    )
