// Messages to the kernel, also to a busy one.

/** Send a message by the widget, and on the kernel's control channel.

A busy kernel runs a widget's messages after the cell, but reads its control channel.
Sending twice does no harm.
*/
export function sendNow(model, content) {
  model.send(content);
  try {
    const kernel = model.widget_manager.kernel;
    kernel.sendControlMessage({
      channel: "control",
      header: {
        msg_id: `${kernel.clientId}_${performance.now()}`,
        msg_type: `groq_session_${model.get("token")}`,
        session: kernel.clientId,
        username: kernel.username,
        date: new Date().toISOString(),
        version: "5.3",
      },
      parent_header: {},
      metadata: {},
      content,
      buffers: [],
    });
  } catch {
    // Not in JupyterLab, or the kernel is gone: an unconfirmed press of Stop changes its label.
  }
}
