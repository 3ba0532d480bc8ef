// The session widget on a page: starts the parts that live as long as its kernel, and ends them.

import { startAnnouncing } from "./announce.mjs";
import { startKeepingFocus } from "./focus.mjs";
import { startHello } from "./hello.mjs";
import { startKeys } from "./keyboard.mjs";
import { tried } from "./lab.mjs";
import { startNextCell } from "./next_cell.mjs";
import { inEachNotebook } from "./notebooks.mjs";
import { startOrder } from "./order.mjs";
import { startProse } from "./prose.mjs";
import { startReplies } from "./replies.mjs";
import { SessionSlots } from "./session_slots.mjs";
import { watchPage } from "./watch.mjs";
import { startWriteBack } from "./write_back.mjs";

const STARTS = [
  startAnnouncing,
  startKeepingFocus,
  startKeys,
  startWriteBack,
  startOrder,
  startNextCell,
  startProse,
  startReplies,
  startHello,
];
const GONE = new Set(["restarting", "autorestarting", "terminating", "dead"]);

export default () => ({
  initialize({ model }) {
    const slots = new SessionSlots(model);
    const { context, restored } = model.widget_manager;
    const { statusChanged, kernelChanged } = context?.sessionContext ?? {};
    const fill = () => slots.fill();
    const endWatch = watchPage(fill, () => slots.answers.isStreaming);
    // Where one meets another Lab than it expects, hello.mjs reports that, and the others go on.
    const startSlots = () => inEachNotebook(model, (each) => slots.addNotebook(each));
    const parts = [...STARTS, startSlots].map((start) => tried(() => start(model)));
    const end = ({ keep }) => {
      for (const endPart of parts.splice(0)) tried(() => endPart?.());
      endWatch();
      slots.end({ keep });
    };
    const onGone = () => end({ keep: true });
    const onStatus = (_, status) => GONE.has(status) && onGone();

    model.on("msg:custom", (message) => slots.receive(message));
    model.on("comm_live_update", onGone);
    statusChanged?.connect(onStatus);
    kernelChanged?.connect(onGone);
    restored?.connect?.(fill);
    fill();
    // All have read it. Saved with the notebook, it would bring every answer's reasoning along.
    model.set("present", {});

    return () => {
      statusChanged?.disconnect(onStatus);
      kernelChanged?.disconnect(onGone);
      restored?.disconnect?.(fill);
      end({ keep: false });
    };
  },
});
