// Preloaded into a command under test: the first connection, datagram or name look-up ends the process with status 99.
const dgram = require("node:dgram");
const dns = require("node:dns");
const net = require("node:net");

function forbid(object, name) {
  object[name] = () => {
    process.stderr.write(`the network was used: ${name}\n`);
    process.exit(99);
  };
}

forbid(net.Socket.prototype, "connect");
forbid(net.Server.prototype, "listen");
forbid(dgram.Socket.prototype, "send");
forbid(dns, "lookup");
forbid(dns.promises, "lookup");
