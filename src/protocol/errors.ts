/** The error object inside an HTTP error body, an error frame, or a failed response. */
export interface WireError {
  type?: string;
  code: string | null;
  message: string;
  param?: string | null;
  /** Retry hints, where no HTTP headers could carry them. */
  headers?: Record<string, string>;
}

/** Body of an HTTP error: `{"error": {…}}`. */
export interface ErrorBody {
  error: WireError;
}

/** Error frame over WebSocket, as the live service sends it: the HTTP status beside the error object. */
export interface ErrorFrame {
  type: 'error';
  status: number;
  error: WireError;
  stream_id?: string;
  [key: string]: unknown;
}
