/**
 * A download on this machine: HTTP through loopback, as fast as the processor lets it, server and client in one process.
 * Prints the octets that have come so far, ten times a second.
 */
import { createServer, get, type ServerResponse } from "node:http";

const piece = Buffer.alloc(256 * 1024);
let octets = 0;

function send(response: ServerResponse): void {
  while (response.write(piece));
  response.once("drain", () => send(response));
}

const server = createServer((_request, response) => send(response));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  get({ host: "127.0.0.1", port: address.port }, (response) => {
    response.on("data", (data: Buffer) => {
      octets += data.length;
    });
  });
});
setInterval(() => process.stdout.write(`${octets}\n`), 100);
