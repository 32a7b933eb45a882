/** One call as both ends see it, without a network: a test hands `serve`'s Handle to `connect`. */
export interface TcecRequest {
  /** The last segment of the URL: query_token. */
  readonly interface: string;
  /** The Authorization header. */
  readonly authorization?: string | undefined;
  /** JSON text of the envelope. */
  readonly body: string;
}
export interface TcecResponse {
  /** HTTP status; what the standard says is in the envelope. */
  readonly status: number;
  readonly body: string;
}
export type Handle = (request: TcecRequest) => Promise<TcecResponse>;
