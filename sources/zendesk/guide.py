"""The Help Center: articles by their export, sections, categories, topics and posts by lists."""

from __future__ import annotations

from lakeflow_sources import Cursor, Table, fields

from .exports import Export, fetch_export
from .lists import listed
from .spans import export_slices
from .tickets import LAG

__all__ = ["TABLES"]

_RATE = "help_center"
_TIMES = ("created_at timestamp", "updated_at timestamp")

ARTICLES = Table(
    name="articles",
    columns=fields(
        "id long",
        "url",
        "html_url",
        "title",
        "body",
        "locale",
        "source_locale",
        "author_id long",
        "section_id long",
        "permission_group_id long",
        "user_segment_id long",
        "user_segment_ids array<long>",
        "content_tag_ids array<string>",
        "label_names array<string>",
        "draft boolean",
        "promoted boolean",
        "position long",
        "comments_disabled boolean",
        "outdated boolean",
        "outdated_locales array<string>",
        "vote_sum long",
        "vote_count long",
        "edited_at timestamp",
        *_TIMES,
    ),
    primary_key=("id",),
    cursor=Cursor("updated_at", lag=LAG),
    ingestion="cdc",
    slices=export_slices,
    fetch=fetch_export,
    ignored=("name",),
    category="help_center",
    description="Articles of the Help Center; Zendesk does not tell of deleted ones.",
    data=Export("help_center/incremental/articles", "articles", "updated_at", sized=False),
)

_SHELF = ("id long", "url", "html_url", "name", "description", "locale", "source_locale", "position long")

SECTIONS = listed(
    "sections",
    fields(
        *_SHELF,
        "category_id long",
        "parent_section_id long",
        "theme_template",
        "outdated boolean",
        *_TIMES,
    ),
    path="help_center/sections",
    rate=_RATE,
    ignored=("sorting",),
    category="help_center",
)

CATEGORIES = listed(
    "categories",
    fields(*_SHELF, "outdated boolean", *_TIMES),
    path="help_center/categories",
    rate=_RATE,
    ignored=("sorting",),
    category="help_center",
)

TOPICS = listed(
    "topics",
    fields(
        "id long",
        "url",
        "html_url",
        "name",
        "description",
        "position long",
        "follower_count long",
        "manageable_by",
        "user_segment_id long",
        *_TIMES,
    ),
    path="community/topics",
    rate=_RATE,
    category="community",
)

POSTS = listed(
    "posts",
    fields(
        "id long",
        "url",
        "html_url",
        "title",
        "details",
        "author_id long",
        "topic_id long",
        "status",
        "featured boolean",
        "pinned boolean",
        "closed boolean",
        "frozen boolean",
        "content_tag_ids array<string>",
        "comment_count long",
        "follower_count long",
        "vote_sum long",
        "vote_count long",
        "non_author_editor_id long",
        "non_author_updated_at timestamp",
        *_TIMES,
    ),
    path="community/posts",
    rate=_RATE,
    category="community",
)


TABLES: tuple[Table, ...] = (ARTICLES, SECTIONS, CATEGORIES, TOPICS, POSTS)
