// A link: how frames reach one peer, whatever carries them. Sockets and the primary's port are links.

/** Owned by its adapter; the driver writes to it and closes it. */
export interface Link {
  /** Hands one frame to the transport. Does nothing once the link is closing. */
  write(frame: Uint8Array): void;
  /** What was written and is not yet on its way. */
  bufferedBytes(): number;
  /** Stops reading what the peer sends, so that its own transport holds it back. */
  pause(): void;
  resume(): void;
  /** Ends the link behind what was written, and within a bounded time in any case. */
  close(closeStatus: number, reason: string): void;
}

/** What the adapter tells the driver of its link. */
export interface LinkEvents {
  frameArrived(frame: Uint8Array): void;
  /** Something arrived that is no frame at all. */
  nonsenseArrived(what: string): void;
  /** What was buffered fell well below the soft limit. */
  drained(): void;
  /** The link is gone, or as good as gone. Told once. */
  closed(): void;
}
