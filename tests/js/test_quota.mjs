import { grouped, Refill } from "../../groq_magic/views/page/quota.mjs";
import { equal, ok, page, test } from "./testing.mjs";

const MINUTE = { limit: 6000, left: 5000, window: 600, full_in: 10, unit: "tokens" };

test("a number is grouped by thousands, whatever the browser's language", () => {
  equal(grouped(1_234_567), "1,234,567");
});

test("what is left refills up to the limit", () => {
  const refill = new Refill(MINUTE);
  equal(refill.left, 5000);
  refill.received.at -= 50_000;
  equal(refill.left, 5500);
  refill.received.at -= 600_000;
  equal([refill.left, refill.used, refill.label], [6000, 0, "0 of 6,000 tokens used"]);
});

test("a meter shows what is used, for eyes and for a screen reader", () => {
  const meter = page('<progress class="groq-meter"></progress><small>…</small>');
  new Refill(MINUTE).drawIn(meter, "a-model: ");
  const label = "a-model: 1,000 of 6,000 tokens used · back to 0 in 10 s";
  equal([meter.max, meter.value, meter.ariaLabel], [6000, 1000, label]);
  equal(meter.nextElementSibling.textContent, label);
});

test("a meter whose words have not come yet is left alone", () => {
  const meter = page("<progress></progress><small></small>");
  new Refill(MINUTE).drawIn(meter, "");
  ok(!meter.hasAttribute("aria-label"));
});

test("a meter without words beside it is left alone", () => {
  const meter = page("<progress></progress>");
  new Refill(MINUTE).drawIn(meter, "");
  ok(!meter.hasAttribute("aria-label"));
});
