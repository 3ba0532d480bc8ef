// Writes finished outputs that this page missed, because it was loaded while their cells ran, into
// the notebook's cells, and saves them. The page confirms the outputs that it has, and again when
// they are saved: then the kernel removes them.

import { aroundMethod } from "./around_method.mjs";
import { sendNow } from "./control.mjs";
import { connectionOf, tried } from "./lab.mjs";
import { htmlOf, indexOf } from "./outputs.mjs";
import { isKnown } from "./slots.mjs";

// ms before a page requests an output that it lacks: a page that shows it confirms it first.
const OTHERS_FIRST = 200;

/** Start to write outputs back; return a function that stops this. */
export function startWriteBack(model) {
  const { context, restored } = model.widget_manager;
  const writeBack = new WriteBack(model);
  const onMessage = (message) => writeBack.receive(message);
  const onSaved = (_, state) => writeBack.saved(state);
  const onRestored = () => writeBack.takeAll();

  model.on("msg:custom", onMessage);
  context?.saveState?.connect(onSaved);
  restored?.connect?.(onRestored);
  writeBack.receive({ finished: model.get("present").finished ?? [] });
  return () => {
    model.off("msg:custom", onMessage);
    context?.saveState?.disconnect(onSaved);
    restored?.disconnect?.(onRestored);
    writeBack.end();
  };
}

class WriteBack {
  constructor(model) {
    this.model = model;
    this.manager = model.widget_manager;
    this.context = this.manager.context;
    this.offers = new Map(); // id → offer whose cell the page may not have yet
    this.begun = new Map(); // answers that began after this page was loaded: { isOwn, isPlaced }
    this.wanted = new Map(); // id → whether the answer began after this page was loaded
    this.shown = new Set(); // ids of outputs that the notebook has, but perhaps not its file
    this.due = []; // [name, id]: messages to send about outputs
    this.lacked = []; // ids of outputs that this page will request
  }

  receive({ began, confirm = [], finished = [] }) {
    this.send(
      "shown",
      confirm.filter((id) => this.shown.has(id)),
    );
    if (began)
      this.begun.set(keyOf(began), {
        isOwn: Boolean(began.client) && began.client === connectionOf(this.context)?.clientId,
        isPlaced: tried(() => this.placeOf(began).at >= 0),
      });
    for (const offer of finished) {
      if (!offer.output) tried(() => this.take(offer));
      else if (offer.captured.length) this.writeIntoWidgets(offer).catch(ignored);
      else tried(() => this.write(offer));
    }
  }

  takeAll() {
    for (const offer of [...this.offers.values()]) tried(() => this.take(offer));
  }

  /** Confirm an output that the page has; request one that it lacks, if it has the cell. */
  take(offer) {
    const { id, captured } = offer;
    this.forgetFormer(offer);
    this.offers.set(id, offer);
    const began = this.begun.get(keyOf(offer));
    const where = this.placeOf(offer, began);
    this.begun.delete(keyOf(offer));
    if (this.copiesOf(offer).length) this.send("want", [id], true);
    if (where.there) this.confirm(id, { isSaved: !began && !this.context.model.dirty });
    else if (began && where.at >= 0) this.send("want", [id], true);
    else if (began?.isPlaced)
      this.confirm(id, {}); // it was cleared in the meantime
    else if (began && !(began.isOwn && where.outputs))
      this.offers.delete(id); // another page shows the cell's outputs, or the cell was deleted
    else if (where.outputs || captured.some((each) => isKnown(this.manager, each)))
      this.sendLater("want", id);
    else if (where.isMissing) this.sendLater("absent", id);
  }

  /** Forget the outputs of former runs of a cell. */
  forgetFormer({ cell, request }) {
    for (const other of cell ? this.offers.values() : [])
      if (other.cell === cell && other.request !== request) this.offers.delete(other.id);
  }

  send(name, ids, began = false) {
    if (name === "want") for (const id of ids) this.wanted.set(id, began);
    if (ids.length) this.model.send({ [name]: ids });
  }

  sendLater(name, id) {
    if (name === "want") this.sendLack(id);
    this.due.push([name, id]);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const all = this.due.splice(0).filter(([, each]) => this.offers.has(each));
      for (const what of ["want", "absent"])
        this.send(
          what,
          all.filter(([due]) => due === what).map(([, each]) => each),
        );
    }, OTHERS_FIRST);
  }

  // The page that showed the output may be closed by now: open ones confirm it again.
  sendLack(id) {
    if (this.lacked.push(id) > 1) return;
    queueMicrotask(() => sendNow(this.model, { lacks: this.lacked.splice(0) }));
  }

  confirm(id, { isSaved }) {
    this.offers.delete(id);
    if (!isSaved) this.shown.add(id);
    this.model.send(isSaved ? { stands: [id] } : { shown: [id] });
  }

  /** Write an output into its cell, unless that has changed in the meantime. */
  write(offer) {
    const { id, output } = offer;
    if (!this.wanted.has(id)) return; // another page asked for it
    const began = this.wanted.get(id);
    this.wanted.delete(id);
    for (const copy of this.copiesOf(offer)) copy.outputs.set(copy.at, output);
    const { outputs, at, there } = this.placeOf(offer, began);
    if (!outputs || there || (began && at < 0)) return;
    const isEdited = hasEdits(this.context.model);
    if (at >= 0) outputs.set(at, output);
    else addTo(outputs, offer);
    this.confirm(id, {});
    if (offer.save && !isEdited) this.save();
  }

  async writeIntoWidgets(offer) {
    const { id, place, output, captured } = offer;
    this.begun.delete(keyOf(offer));
    this.wanted.delete(id);
    for (const each of captured.filter((model) => isKnown(this.manager, model))) {
      const widget = await this.manager.get_model(each);
      const at = indexOf(widget.outputs?.toJSON() ?? [], place);
      if (at < 0) continue;
      widget.outputs.set(at, output);
      // The widget itself does the same when something is displayed in it.
      widget.set("outputs", widget.outputs.toJSON(), { newMessage: true });
      widget.save_changes();
      this.confirm(id, { isSaved: true });
    }
  }

  /** Return the cell's outputs, the placeholder's index in them, and whether it is finished. */
  placeOf({ cell, place, checksum, source, notebook, captured = [] }, began = false) {
    const model = this.context?.model;
    const found =
      model && !model.isDisposed && [...(model.cells ?? [])].find(({ id }) => id === cell);
    const outputs = found?.outputs;
    const isOther = notebook && notebook !== this.context?.path;
    if (!outputs?.set || !outputs.fromJSON)
      return { at: -1, isMissing: model && !found && !isOther };
    const all = outputs.toJSON();
    const at = indexOf(all, place);
    const there = at < 0 && all.some((each) => checksumOf(each) === checksum);
    if (at >= 0 || there) return { outputs, at, there };
    if (checksum === 0) return { at, there: true }; // an empty output only removes its placeholder
    // A copy of the notebook has the same ids. A cell that runs again has new outputs soon.
    const isTaken = captured.length || isOther || found.executionState === "running";
    if (isTaken) return { at };
    // A prompt that was edited and run, in a page loaded without the edit, would get this answer.
    const prompt = found.sharedModel?.getSource?.();
    const isOfOther = !began && source && prompt !== undefined && adlerOf(prompt) !== source;
    return isOfOther ? { at, isMissing: true } : { outputs, at };
  }

  /** Return where else the placeholder is: a cell that is copied while it runs gets no updates. */
  copiesOf({ cell, place }) {
    const model = this.context?.model;
    if (!place || !model || model.isDisposed) return [];
    return [...(model.cells ?? [])]
      .filter(({ id, outputs }) => id !== cell && outputs?.set)
      .map(({ outputs }) => ({ outputs, at: indexOf(outputs.toJSON(), place) }))
      .filter(({ at }) => at >= 0);
  }

  /** Save once for all outputs written now; Jupyter reports a failed save. */
  async save() {
    this.isSaveDue = this.context.contentsModel?.writable !== false;
    if (this.isSaving) return;
    this.isSaving = true;
    while (this.isSaveDue) {
      await null; // wait for outputs that are written at the same time
      await this.othersSave;
      this.isSaveDue = false;
      await saveAlone(this.context);
    }
    this.isSaving = false;
  }

  saved(state) {
    if (state === "started") {
      this.inSave = [...this.shown];
      this.othersSave = new Promise((end) => {
        this.endOthersSave = end;
      });
    } else this.endOthersSave?.();
    if (!state.startsWith("completed") || !this.inSave?.length) return;
    for (const id of this.inSave) this.shown.delete(id);
    this.model.send({ stands: this.inSave });
    this.inSave = [];
  }

  end() {
    clearTimeout(this.timer);
  }
}

// JupyterLab mistakes two saves at once for a change by somebody else, and asks the user. So a save
// that begins during ours waits for its end.
async function saveAlone(context) {
  if (typeof context.save !== "function") return;
  const ours = Promise.resolve(tried(() => context.save())).catch(ignored);
  const afterOurs = (save, given) => ours.then(() => save.apply(context, given));
  const end = aroundMethod(context, "save", "save", afterOurs);
  await ours;
  end();
}

// The cell's outputs are of a former run, unless they include an earlier output of this run.
function addTo(outputs, { output, turn, earlier }) {
  const all = outputs.toJSON();
  if (!all.some((each) => earlier.includes(checksumOf(each)))) return outputs.fromJSON([output]);
  const at = indexOf(all, `${turn}"`);
  if (at >= 0) outputs.set(at, output);
  else outputs.add(output);
}

// Whether the user has changed the notebook since it was saved: only such changes can be undone.
function hasEdits(model) {
  const isUndoable = (shared) => shared?.canUndo?.() ?? true;
  return Boolean(
    model?.dirty &&
      (isUndoable(model.sharedModel) ||
        [...model.cells].some(({ sharedModel }) => isUndoable(sharedModel))),
  );
}

// The output is kept in the kernel; Jupyter reports a save that fails.
const ignored = () => undefined;

const keyOf = ({ request, place }) => `${request} ${place}`;

const checksumOf = (output) => adlerOf(htmlOf(output));

/** Return the Adler-32 of a text. */
function adlerOf(text) {
  let [low, high] = [1, 0];
  for (const byte of new TextEncoder().encode(text)) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return text ? high * 65_536 + low : 0;
}
