/** Waits for a claim to become true without sleeping: whoever changes something rings, and the claim is looked at again. */
export class Bell {
  #waiting: (() => void)[] = [];

  ring(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  async until(claim: () => boolean | Promise<boolean>): Promise<void> {
    for (;;) {
      const rung = new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (await claim()) return;
      await rung;
    }
  }
}
