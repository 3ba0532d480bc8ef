// Views of the session's widgets. ipywidgets keeps even removed views as long as their model lives,
// so the view of a removed slot is used for the next slot.

const SPARE = new WeakMap(); // manager → Map: model's id → views

/** Return a view of a model, and whether it is a new one. */
export async function takeView(manager, id) {
  const spare = SPARE.get(manager)?.get(id)?.pop();
  if (spare) return [spare, false];
  return [await manager.create_view(await manager.get_model(id)), true];
}

/** Keep a view for the next slot. */
export function giveBack(manager, id, view) {
  view.el.remove();
  if (!SPARE.has(manager)) SPARE.set(manager, new Map());
  const spare = SPARE.get(manager);
  spare.set(id, [...(spare.get(id) ?? []), view]);
}

/** Remove the views that no slot shows. */
export function endViews(manager) {
  for (const view of [...(SPARE.get(manager)?.values() ?? [])].flat()) view.remove();
  SPARE.delete(manager);
}
