// Messages for one listener, who may come later than they do, and may go before the next.

export class Inbox<Message> {
  private readonly waiting: Message[] = [];
  private listener: ((message: Message) => void) | undefined;

  put(message: Message): void {
    this.waiting.push(message);
    this.deliver();
  }

  /** From now on; instead of who listened before. */
  listen(listener: (message: Message) => void): void {
    this.listener = listener;
    this.deliver();
  }

  /** What comes from now on waits for the next listener. */
  pause(): void {
    this.listener = undefined;
  }

  private deliver(): void {
    while (this.listener && this.waiting.length > 0) {
      const [message] = this.waiting.splice(0, 1);
      if (message !== undefined) this.listener(message);
    }
  }
}
