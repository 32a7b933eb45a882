// The thin writer of the live view: repaints the lines that changed, and gives the terminal back as it was.
import type { Io } from './io.js';

export interface Screen {
  show(lines: readonly string[]): void;
  /** Gives the terminal back; says nothing after. */
  close(): void;
}

const ESC = '\u001b[';

/** Takes the terminal's other screen. */
export function openScreen(io: Io): Screen {
  let before: readonly string[] = [];
  let open = true;
  const write = (text: string) => {
    // A terminal that went away is met by the signal that it sends.
    io.out(text).catch(() => {});
  };
  write(`${ESC}?1049h${ESC}?25l${ESC}2J`);
  return {
    show(lines) {
      if (!open) return;
      let text = '';
      for (let row = 0; row < Math.max(lines.length, before.length); row += 1) {
        if (lines[row] !== before[row]) text += `${ESC}${row + 1};1H${ESC}2K${lines[row] ?? ''}`;
      }
      before = lines;
      if (text !== '') write(text);
    },
    close() {
      if (!open) return;
      open = false;
      write(`${ESC}?25h${ESC}?1049l`);
    },
  };
}
