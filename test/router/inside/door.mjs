/**
 * Loaded into the gateway's process (`node --import`): lets the test outside talk to its control socket, without the
 * memory of another Node. Everything else is the gateway as it is shipped.
 */
import { connect, createServer } from "node:net";
import { isMainThread } from "node:worker_threads";

const [socketPath, port] = [process.env.DOOR_SOCKET, Number(process.env.DOOR_PORT)];

// Its worker threads load what the process was told to load as well.
if (isMainThread) open();

function open() {
  const server = createServer((outside) => {
    const inside = connect(socketPath);
    outside.on("error", () => inside.destroy());
    inside.on("error", () => outside.destroy());
    outside.on("close", () => inside.destroy());
    inside.on("close", () => outside.destroy());
    outside.pipe(inside).pipe(outside);
  });
  server.listen(port).unref();
}
