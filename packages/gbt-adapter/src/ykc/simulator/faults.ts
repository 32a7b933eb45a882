import type { Line } from '../line.js';

/** What can be wrong with a pile, by name; a set of them may be changed while it runs. */
export const FAULTS = {
  crcSwapped: 'sends the checksum with its bytes swapped',
  crcWrong: 'spoils the checksum of every fifth frame',
  halfFrames: 'sends each frame in two pieces',
  coalescedFrames: 'sends what it has to say in one turn as one segment',
  garbageBetween: 'sends noise before each frame',
  halfOpen: 'its line dies without a word: neither end hears the other, and the platform still holds it',
  silentHeartbeat: 'sends no heartbeats',
  recordTwice: 'sends each record twice, though the first was acknowledged',
  recordUnheard: 'does not hear that a record was acknowledged, and goes on sending it',
  recordHeld: 'keeps its records until the next login',
  wrongAmount: 'bills 0.01 CNY too much',
  startFails: 'accepts a start and then fails the insulation test',
  stopIgnored: 'answers a remote stop and charges on',
  idleDuringSession: 'reports idle now and then while it charges',
  lockStuck: 'cannot move its ground lock',
  clockWrong: 'is an hour behind and ignores time syncs',
  clockAhead: 'is two hours ahead and ignores time syncs',
  oddStartType: 'says start type 9 in its records, as a real device does',
} as const;
export type PileFault = keyof typeof FAULTS;

/** A line on which the faults of the wire happen. */
export function faulty(line: Line, faults: ReadonlySet<PileFault>, random: () => number): Line {
  let sent = 0;
  let queue: Buffer[] = [];
  let isDue = false;
  let isDead = false;
  const drain = (): void => {
    const next = faults.has('coalescedFrames') ? Buffer.concat(queue.splice(0)) : queue.shift();
    if (next && next.length > 0) line.write(next);
    isDue = queue.length > 0;
    if (isDue) setImmediate(drain);
  };
  const later = (...pieces: Buffer[]): void => {
    queue.push(...pieces);
    if (isDue) return;
    isDue = true;
    setImmediate(drain);
  };
  return {
    close: () => {
      // Nobody tells the platform; when it gives the line up, this end sees it.
      if (isDead) return line.resume();
      for (const piece of queue) line.write(piece);
      queue = [];
      line.close();
    },
    pause: () => line.pause(),
    resume: () => {
      if (!isDead) line.resume();
    },
    get buffered() {
      return line.buffered;
    },
    write: (frame) => {
      if (faults.has('halfOpen') && !isDead) {
        isDead = true;
        queue = [];
        line.pause();
      }
      if (isDead) return;
      let bytes = Buffer.from(frame);
      sent += 1;
      const end = bytes.length;
      if (faults.has('crcSwapped')) bytes.subarray(end - 2).swap16();
      if (faults.has('crcWrong') && sent % 5 === 0) bytes[end - 1] = bytes[end - 1]! ^ 0x5a;
      if (faults.has('garbageBetween')) {
        const noise = Buffer.from(Array.from({ length: 1 + Math.floor(random() * 6) }, () => Math.floor(random() * 256)));
        bytes = Buffer.concat([noise, bytes]);
      }
      if (faults.has('halfFrames')) {
        const cut = 1 + Math.floor(random() * (bytes.length - 1));
        later(bytes.subarray(0, cut), bytes.subarray(cut));
      } else if (faults.has('coalescedFrames') || isDue) later(bytes);
      else line.write(bytes);
    },
  };
}
