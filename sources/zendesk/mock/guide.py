"""The Help Center: articles, comments and votes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import web

from lakeflow_sources.testing.clock import iso
from lakeflow_sources.testing.samples import TEXTS
from lakeflow_sources.testing.vendor import Route

from .account import Account
from .calls import number, route
from .listing import listed
from .refusals import not_found
from .shelf import Record, Shelf

__all__ = ["Guide"]

_DAY = 86_400


class Guide:
    """Makes articles; comments and votes are worked out from the items they belong to."""

    def __init__(self, account: Account) -> None:
        self.account = account
        keys = account.ids("articles")
        account.shelves["articles"] = Shelf(self.article(key, index) for index, key in enumerate(keys))
        for post in account.shelves["posts"]:
            count = len(self.comments("posts", post["id"]))
            votes = self.votes("Post", post["id"])
            sums = {"vote_sum": sum(one["value"] for one in votes), "vote_count": len(votes)}
            account.shelves["posts"].put({**post, "comment_count": count, **sums})

    def article(self, key: int, index: int) -> Record:
        """An article."""
        draw, made = self.account.draw("article", index), self.account.filler.made("articles", index)
        votes = self.votes("Article", key)
        return {
            "id": key,
            "url": f"https://acme.zendesk.com/api/v2/help_center/en-us/articles/{key}.json",
            "html_url": f"https://acme.zendesk.com/hc/en-us/articles/{key}",
            "author_id": self.account.ids("users")[0],
            "comments_disabled": draw % 4 == 0,
            "draft": draw % 6 == 0,
            "promoted": draw % 5 == 0,
            "position": draw % 3,
            "vote_sum": sum(one["value"] for one in votes),
            "vote_count": len(votes),
            "section_id": 35_467,
            "created_at": iso(made * 1000),
            "updated_at": iso((made + draw % _DAY) * 1000),
            "edited_at": iso(made * 1000),
            "name": TEXTS[draw % len(TEXTS)],
            "title": TEXTS[draw % len(TEXTS)],
            "body": f"<p>{TEXTS[(draw >> 5) % len(TEXTS)]}</p>",
            "source_locale": "en-us",
            "locale": "en-us",
            "outdated": False,
            "outdated_locales": [],
            "user_segment_id": None,
            "user_segment_ids": [],
            "permission_group_id": 7_276_341,
            "content_tag_ids": ["01GT", "01GV"][: draw % 3],
            "label_names": ["é", "b"][: draw % 3],
        }

    def comments(self, kind: str, item: int) -> list[Record]:
        """None to three comments on an article or a post."""
        draw = self.account.draw("comments", kind, item)
        return [self._comment(kind, item, place, draw >> 3 * place) for place in range(draw % 4)]

    def _comment(self, kind: str, item: int, place: int, draw: int) -> Record:
        key = item * 10 + place
        votes = self.votes("Comment" if kind == "articles" else "PostComment", key)
        made = iso((self.account.until - draw % (300 * _DAY) - _DAY) * 1000)
        own: Record = {"post_id": item, "official": draw % 2 == 0}
        if kind == "articles":
            own = {"source_id": item, "source_type": "Article", "locale": "en-us"}
        return {
            "id": key,
            "url": f"https://acme.zendesk.com/api/v2/help_center/{kind}/{item}/comments/{key}.json",
            "html_url": f"https://acme.zendesk.com/hc/{kind}/{item}/comments/{key}",
            "body": f"<p>{TEXTS[draw % len(TEXTS)]}</p>",
            "author_id": self.account.ids("users")[draw % 5],
            "vote_sum": sum(one["value"] for one in votes),
            "vote_count": len(votes),
            "non_author_editor_id": None,
            "non_author_updated_at": None,
            "created_at": made,
            "updated_at": made,
            **own,
        }

    def votes(self, kind: str, item: int) -> list[Record]:
        """None to two votes, which may add up to zero."""
        draw = self.account.draw("votes", kind, item)
        return [
            {
                "id": draw % 10**9 * 10 + place,
                "url": f"https://acme.zendesk.com/api/v2/help_center/votes/{draw % 10**9 * 10 + place}.json",
                "user_id": self.account.ids("users")[place],
                "value": 1 if (draw >> place) % 3 else -1,
                "item_id": item,
                "item_type": kind,
                "created_at": iso((self.account.until - draw % _DAY - _DAY) * 1000),
                "updated_at": iso((self.account.until - draw % _DAY) * 1000),
            }
            for place in range(max(0, draw % 5 - 2))
        ]

    def all_comments(self, kind: str) -> list[Record]:
        """Comments on every article or post."""
        return [comment for item in self.account.shelves[kind] for comment in self.comments(kind, item["id"])]

    def all_votes(self) -> list[Record]:
        """Votes for everything."""
        found: list[Record] = []
        for kind, item, inner in (("articles", "Article", "Comment"), ("posts", "Post", "PostComment")):
            found += [vote for one in self.account.shelves[kind] for vote in self.votes(item, one["id"])]
            found += [vote for one in self.all_comments(kind) for vote in self.votes(inner, one["id"])]
        return found

    def routes(self) -> list[Route]:
        """Articles as a list, and what lies below articles and posts."""
        account = self.account
        made = [("help_center/articles", "articles", "help_center", "Article", "Comment")]
        made.append(("community/posts", "posts", "community", "Post", "PostComment"))
        found = [
            route(account, "help_center/articles", self._articles, area="help_center", limit="help_center"),
        ]
        for path, kind, area, item, inner in made:
            base = path + r"/{id:\d+}"
            handlers: dict[str, Callable[[web.Request], Any]] = {
                base: self._item(kind),
                f"{base}/comments": self._below(kind, "comments", partial(self.comments, kind)),
                f"{base}/votes": self._below(kind, "votes", partial(self.votes, item)),
                base + r"/comments/{comment:\d+}/votes": self._comment_votes(inner),
            }
            found += [route(account, one, handler, area=area, limit="help_center") for one, handler in handlers.items()]
        return found

    def _articles(self, request: web.Request) -> Any:
        return listed(request, "articles", list(self.account.shelves["articles"]))

    def _item(self, kind: str) -> Callable[[web.Request], Any]:
        def handler(request: web.Request) -> Any:
            found = self.account.shelves[kind].get(number(request))
            if found is None:
                raise not_found()
            return {kind.removesuffix("s"): found}

        return handler

    def _below(self, kind: str, name: str, records: Callable[[int], list[Record]]) -> Callable[[web.Request], Any]:
        def handler(request: web.Request) -> Any:
            if number(request) not in self.account.shelves[kind]:
                raise not_found()
            return listed(request, name, records(number(request)))

        return handler

    def _comment_votes(self, inner: str) -> Callable[[web.Request], Any]:
        return lambda request: listed(request, "votes", self.votes(inner, int(request.match_info["comment"])))
