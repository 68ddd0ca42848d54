/** What scripts/firefox.ts uses of the package ws, which brings no types. */
declare module 'ws' {
  export class WebSocket {
    constructor(address: string);
    on(event: 'message', listener: (data: unknown) => void): this;
    once(event: 'open', listener: () => void): this;
    once(event: 'error', listener: (error: Error) => void): this;
    send(text: string): void;
    close(): void;
  }
}
