import { displayed, isKnown, Slot } from "../../groq_magic/views/page/slots.mjs";
import { endViews } from "../../groq_magic/views/page/views.mjs";
import { equal, ok, page, test } from "./testing.mjs";

function managerOf(views) {
  return {
    has_model: (id) => id in views,
    get_model: (id) => (id in views ? Promise.resolve(id) : Promise.reject(`no model ${id}`)),
    create_view: async (id) => views[id],
  };
}

function viewOf(html) {
  const el = document.createElement("div");
  el.innerHTML = html;
  const view = { el, events: [], removed: 0, trigger: (event) => view.events.push(event) };
  view.remove = () => {
    view.removed += 1;
    el.remove();
  };
  return view;
}

test("a slot gives back what it held before", () => {
  const node = page("<span>before <b>it</b></span>");
  const slot = new Slot(node);
  slot.fill("something else");
  equal(node.innerHTML, "something else");
  slot.restore();
  equal(node.innerHTML, "before <b>it</b>");
});

test("a slot that is closed takes nothing more", () => {
  const node = page("<span>before</span>");
  const slot = new Slot(node);
  slot.restore();
  slot.fill("late");
  equal(node.textContent, "before");
});

test("a text that changes often is changed in place", () => {
  const node = page("<span></span>");
  const slot = new Slot(node);
  slot.setText("5 left");
  const text = node.firstChild;
  slot.setText("6 left");
  equal(node.textContent, "6 left");
  ok(node.firstChild === text, "the text node was replaced");
});

test("a view is shown, named for a screen reader, and serves the next slot", async () => {
  const node = page("<span>a model</span>");
  const view = viewOf("<select></select>");
  const manager = managerOf({ p: view });
  const slot = new Slot(node);
  await slot.showView(manager, "p", "Model of the next ask");
  equal(node.querySelector("select").ariaLabel, "Model of the next ask");
  equal(view.events, ["displayed"]);
  slot.restore();
  equal([node.textContent, view.removed], ["a model", 0]);
  manager.create_view = () => Promise.reject(new Error("a second view"));
  const next = new Slot(node);
  await next.showView(manager, "p", "Model of the next ask");
  equal([node.firstChild, view.events], [view.el, ["displayed"]]);
  next.restore();
  endViews(manager);
  equal([node.textContent, view.removed], ["a model", 1]);
});

test("a view that comes after its slot was closed waits for the next slot", async () => {
  const node = page("<span>a model</span>");
  const view = viewOf("");
  const manager = managerOf({ p: view });
  const slot = new Slot(node);
  const shown = slot.showView(manager, "p");
  slot.restore();
  await shown;
  equal([node.textContent, view.removed], ["a model", 0]);
  endViews(manager);
  equal(view.removed, 1);
});

test("a slot whose view can't be had keeps its text", async () => {
  const node = page("<span>a model</span>");
  await new Slot(node).showView(managerOf({}), "gone");
  equal(node.textContent, "a model");
});

test("the views in a view are displayed too", async () => {
  const inner = viewOf("");
  const outer = viewOf("");
  outer.children_views = { views: [Promise.resolve(inner)] };
  await displayed(outer);
  equal([outer.events, inner.events], [["displayed"], ["displayed"]]);
});

test("a manager without has_model is asked for the model itself", () => {
  equal(
    [isKnown({}, "a"), isKnown(managerOf({ a: 1 }), "a"), isKnown(managerOf({}), "a")],
    [true, true, false],
  );
});
