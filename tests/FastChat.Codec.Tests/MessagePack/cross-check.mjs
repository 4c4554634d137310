// Reads hexadecimal MessagePack values, one a line, with @msgpack/msgpack. Writes for each what it is (in the words of
// Description.cs) and its encoding by that library. Exit code 77: the library is not there.
import { createInterface } from "node:readline";

let library;
try {
  library = await import("@msgpack/msgpack");
} catch (error) {
  console.error(`@msgpack/msgpack cannot be loaded (npm ci in tests/): ${error.message}`);
  process.exit(77);
}
const { decode, encode, ExtData, ExtensionCodec, decodeTimestampToTimeSpec, encodeTimeSpecToTimestamp } = library;

class Timestamp {
  constructor(spec) {
    this.spec = spec;
  }
}

const extensionCodec = new ExtensionCodec();
// The library's own handling of timestamps goes through Date and loses nanoseconds.
extensionCodec.register({
  type: -1,
  encode: (value) => (value instanceof Timestamp ? encodeTimeSpecToTimestamp(value.spec) : null),
  decode: (data) => new Timestamp(decodeTimestampToTimeSpec(data)),
});
const options = { extensionCodec, useBigInt64: true };

const hex = (bytes) => Buffer.from(bytes).toString("hex");

function describeNumber(value) {
  if (Number.isNaN(value)) return "f:nan";
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 53 && !Object.is(value, -0)) return String(value);
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return `f:${hex(bytes)}`;
}

function describe(value) {
  if (value === null) return "nil";
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "number") return describeNumber(value);
  if (typeof value === "string") return `s:${hex(Buffer.from(value))}`;
  if (value instanceof Uint8Array) return `b:${hex(value)}`;
  if (value instanceof Timestamp) return `t:${value.spec.sec}.${String(value.spec.nsec).padStart(9, "0")}`;
  if (value instanceof ExtData) return `e${value.type}:${hex(value.data)}`;
  if (Array.isArray(value)) return `[${value.map(describe).join(",")}]`;
  return `{${Object.entries(value).map(([key, inner]) => `${describe(key)}=${describe(inner)}`).join(",")}}`;
}

for await (const line of createInterface({ input: process.stdin })) {
  const value = decode(Buffer.from(line, "hex"), options);
  process.stdout.write(`${describe(value)} ${hex(encode(value, options))}\n`);
}
