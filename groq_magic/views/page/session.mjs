// The session widget on a page: starts its parts, and ends them with the kernel.

import { startAnnouncing } from "./announce.mjs";
import { startKeepingFocus } from "./focus.mjs";
import { startHello } from "./hello.mjs";
import { startKeys } from "./keyboard.mjs";
import { tried } from "./lab.mjs";
import { startNextCell } from "./next_cell.mjs";
import { inEachNotebook } from "./notebooks.mjs";
import { startOrder } from "./order.mjs";
import { startPromptCells } from "./prompt_editor.mjs";
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
  startPromptCells,
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
    // If one fails with another version of Lab, hello.mjs reports that, and the others start.
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
    // All parts have read it. It must not be saved with the notebook: it has all reasoning.
    model.set("present", {});

    return () => {
      statusChanged?.disconnect(onStatus);
      kernelChanged?.disconnect(onGone);
      restored?.disconnect?.(fill);
      end({ keep: false });
    };
  },
});
