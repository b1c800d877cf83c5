"""The online shop of the sample declaration, on loopback."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.http.loopback import Service, jsons

SPEC = Path(__file__).resolve().parents[2] / "sources" / "http" / "samples" / "shop.yaml"
SECRET = "shop-s3cret/of acme"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class Shop:
    """Its data and its address; every call needs the token and the tenant."""

    def __init__(self):
        self.service = Service()
        self.customers = [
            {"id": n, "name": f"customer {n}", "address": {"city": f"city {n % 7}"}, "balance": n / 4}
            for n in range(1, 121)
        ]
        self.addresses = {
            n: [{"id": k, "street": f"street {k}", "zip": f"0{n}"} for k in range(n % 3)] for n in range(1, 120)
        }
        self.orders = [
            order(n, BEGIN + timedelta(hours=n), "deleted" if n % 10 == 0 else "paid") for n in range(1, 301)
        ]
        self.visits = [
            {"id": f"v{n}", "page": f"/p/{n % 5}", "at": millis(BEGIN + timedelta(minutes=n))} for n in range(250)
        ]
        self.prices = [{"sku": f"s{n}", "price": n / 2, "since": "2026-01-01"} for n in range(30)]
        routes = {
            "/customers": self._customers,
            "/orders": self._orders,
            "/visits/search": self._visits,
            "/prices": self._prices,
            "/me": lambda call: jsons({"name": "acme"}),
            **{f"/customers/{n}/addresses": self._addresses for n in self.addresses},
        }
        self.service.on("/v1/oauth/token", self._token)
        for path, answer in routes.items():
            self.service.on(f"/v1{path}", self._guarded(answer))

    @property
    def options(self):
        """Spark options that sign in."""
        return {**self.plain, "client_secret": SECRET}

    @property
    def plain(self):
        return {
            "base_url": f"{self.service.url}/v1",
            "client_id": "me",
            "tenant": "acme",
            "requests_per_second": "5000",
            "lag_seconds": "0",
        }

    def _token(self, call):
        good = call.form == {
            "grant_type": "client_credentials",
            "scope": "read",
            "client_id": "me",
            "client_secret": SECRET,
        }
        return (
            jsons({"access_token": "shop-token", "expires_in": 3600})
            if good
            else jsons({"error": "invalid_client"}, 401)
        )

    def _guarded(self, answer):
        def handle(call):
            if call.headers.get("authorization") != "Bearer shop-token" or call.headers.get("x-tenant") != "acme":
                return jsons({"message": "who are you"}, 401)
            return answer(call)

        return handle

    def _customers(self, call):
        page, size = int(call.query["page"]), int(call.query["per_page"])
        return jsons(
            {
                "data": self.customers[(page - 1) * size : page * size],
                "meta": {"pages": -(-len(self.customers) // size)},
            }
        )

    def _addresses(self, call):
        return jsons(self.addresses[int(call.path.split("/")[3])])

    def _orders(self, call):
        query = call.query
        start, end = (datetime.fromisoformat(query[name]) for name in ("updated_from", "updated_before"))
        after, limit = int(query.get("after_id", 0)), int(query["limit"])
        inside = [one for one in self.orders if start <= datetime.fromisoformat(one["updated_at"]) < end]
        return jsons({"data": sorted((one for one in inside if one["id"] > after), key=lambda one: one["id"])[:limit]})

    def _visits(self, call):
        asked = json.loads(call.body)
        start, end = asked["filter"].get("from", 0), asked["filter"].get("before", 1 << 60)
        found = [one for one in self.visits if start <= one["at"] < end]
        first, limit = int(asked.get("cursor", 0)), asked["limit"]
        return jsons(
            {"hits": found[first : first + limit], "next": first + limit if first + limit < len(found) else None}
        )

    def _prices(self, call):
        page = int(call.query.get("page", 1))
        link = {"Link": f'<{self.service.url}/v1/prices?currency={call.query["currency"]}&page={page + 1}>; rel="next"'}
        return jsons(self.prices[(page - 1) * 20 : page * 20], **(link if page * 20 < len(self.prices) else {}))

    def close(self):
        self.service.close()


def order(number, updated, state="paid"):
    return {
        "id": number,
        "customer_id": number % 120 + 1,
        "state": state,
        "items": [{"sku": f"s{number % 30}"}],
        "updated_at": updated.isoformat(),
    }


def millis(moment):
    return int(moment.timestamp() * 1000)
