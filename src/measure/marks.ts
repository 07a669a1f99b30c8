/** The things about an answer that the API doesn't have and clients overlook; each is counted. */
export const oddities = [
  'no_event',
  'binary_frame',
  'content_type',
  'content_encoding',
  'no_end',
] as const;

export type Oddity = (typeof oddities)[number];

/**
 * Time stamps of one exchange, µs on the process clock, filled in by the transport as things happen.
 * NaN stands for "has not happened": every exchange has the same shape, and differences stay NaN.
 */
export interface ExchangeMarks {
  /** The step's clock starts: the request is ready to go. */
  startUs: number;
  /** Time spent dialling, 0 when the exchange found its connection open. */
  handshakeUs: number;
  /** Waited until the connection's previous answer, complete but for its end, had ended. */
  queuedUs: number;
  /** First byte of the request handed over. */
  writeStartUs: number;
  /** Last byte of the request accepted by the kernel. */
  writeEndUs: number;
  /** Last byte of the request at the far side, where an emulated link knows it. */
  uploadEndUs: number;
  firstByteUs: number;
  firstEventUs: number;
  firstDeltaUs: number;
  /** First delta that is not reasoning. */
  firstVisibleDeltaUs: number;
  lastDeltaUs: number;
  lastEventUs: number;
  terminalUs: number;
  /** How much longer than one way over an emulated link the terminal event was under way. */
  heldUpUs: number;
  /** Our own parsing of what arrived before the terminal event. */
  parseUs: number;
  /** Gaps between consecutive output deltas. */
  gapsUs: number[];
  /** Events that were overlooked: of another answer, or after the end of this one. */
  strayEvents: number;
  /** What else was overlooked, and how often; undefined where nothing was. */
  overlooked: Partial<Record<Oddity, number>> | undefined;
  /** JSON of the request, once it was handed over. */
  payloadBytesSent: number;
  /** What the server says that it did, by its own clock; undefined where it says nothing. */
  server: ServerTimes | undefined;
}

/** A server's own account of one request. */
interface ServerTimes {
  stagesUs: Readonly<Record<string, number>>;
  tokensProcessed?: number;
}

/** The marks of an exchange whose clock starts now. */
export function startMarks(startUs: number): ExchangeMarks {
  return {
    startUs,
    handshakeUs: 0,
    queuedUs: 0,
    writeStartUs: NaN,
    writeEndUs: NaN,
    uploadEndUs: NaN,
    firstByteUs: NaN,
    firstEventUs: NaN,
    firstDeltaUs: NaN,
    firstVisibleDeltaUs: NaN,
    lastDeltaUs: NaN,
    lastEventUs: NaN,
    terminalUs: NaN,
    heldUpUs: NaN,
    parseUs: 0,
    gapsUs: [],
    strayEvents: 0,
    overlooked: undefined,
    payloadBytesSent: 0,
    server: undefined,
  };
}

/** Notes the first byte of the answer; `deliveredUs` is when the link delivered the last of what was sent. */
export function markFirstByte(marks: ExchangeMarks, atUs: number, deliveredUs: number): void {
  marks.firstByteUs = atUs;
  marks.uploadEndUs = deliveredUs;
}

/** Notes, once the terminal event has come, how long the link held it up. */
export function markLastByte(marks: ExchangeMarks, heldUpUs: () => number): void {
  if (!Number.isNaN(marks.terminalUs) && Number.isNaN(marks.heldUpUs)) marks.heldUpUs = heldUpUs();
}

/** Notes an event that arrived at `atUs`; `delta` says what kind of output it carries, if any. */
export function markEvent(
  marks: ExchangeMarks,
  atUs: number,
  delta: 'visible' | 'reasoning' | undefined,
): void {
  if (Number.isNaN(marks.firstEventUs)) marks.firstEventUs = atUs;
  marks.lastEventUs = atUs;
  if (delta === undefined) return;
  if (Number.isNaN(marks.firstDeltaUs)) marks.firstDeltaUs = atUs;
  else marks.gapsUs.push(atUs - marks.lastDeltaUs);
  marks.lastDeltaUs = atUs;
  if (delta === 'visible' && Number.isNaN(marks.firstVisibleDeltaUs)) {
    marks.firstVisibleDeltaUs = atUs;
  }
}

/** Counts something that was overlooked. */
export function overlook(marks: ExchangeMarks, oddity: Oddity): void {
  marks.overlooked = { ...marks.overlooked, [oddity]: (marks.overlooked?.[oddity] ?? 0) + 1 };
}
