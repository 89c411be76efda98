"""What the body of a command works with."""

from collections.abc import Iterator
from dataclasses import dataclass

from acumen_client.calls import Category
from acumen_client.cli.questions import stated
from acumen_client.cli.screen import Screen
from acumen_client.client import Client
from acumen_client.messages import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A client, where its answers are shown, and the timeout that was asked for, if any."""

    client: Client
    screen: Screen
    timeout_s: float | None

    def input_field(self, model: str) -> str:
        """Return the field of `PredictRequest.input` a model takes; `NotFound`, or `ValueError` without a name."""
        return self.client.get_model(stated(model, "--model")).model.input_field

    def models(self, category: Category | None = None) -> Iterator[Model]:
        """Yield every model of a category or of all, page by page."""
        token = ""
        while True:
            page = self.client.list_models(category=category, page_token=token)
            yield from page.models
            token = page.next_page_token
            if not token:
                return
