/** One part of a report: NotifyReport, NotifyMonitoringReport, NotifyEvent, NotifyCustomerInformation and their like. */
export interface Part<Item> {
  /** The report that it belongs to; parts without a number of their own are one report at a time. */
  readonly requestId?: number;
  /** Counts from 0; without it, parts are taken in the order in which they come. */
  readonly seqNo?: number;
  /** More parts follow. */
  readonly tbc?: boolean;
  readonly items: readonly Item[];
}

/** What a part did. */
export type Assembled<Item> =
  | { readonly state: 'complete'; readonly items: readonly Item[] }
  /** Parts are missing, before this one or after it. */
  | { readonly state: 'waiting' }
  /** It was there before; nothing changed. */
  | { readonly state: 'repeated' }
  /** More than the bounds allow: the report is forgotten. */
  | { readonly state: 'tooLarge' };

interface Report<Item> {
  readonly parts: Map<number, readonly Item[]>;
  last: number | undefined;
  items: number;
}

/** What is held of reports that are not complete, for one station. */
export interface ReportBounds {
  /** Reports at once; the one begun first is forgotten for a new one. */
  readonly reports: number;
  /** Items of one report. */
  readonly items: number;
}

/** Puts the parts of reports together; parts may come twice, in any order, and mixed with those of other reports (OCPP 2.0.1, B07, N02, N07). */
export class Reports<Item> {
  readonly #bounds: ReportBounds;
  readonly #reports = new Map<number | undefined, Report<Item>>();

  constructor(bounds: ReportBounds = { reports: 8, items: 100_000 }) {
    this.#bounds = bounds;
  }

  /** Reports that wait for parts. */
  get waiting(): number {
    return this.#reports.size;
  }

  /** Takes a part. */
  add({ requestId, seqNo, tbc = false, items }: Part<Item>): Assembled<Item> {
    const report = this.#report(requestId);
    const number = seqNo ?? report.parts.size;
    if (report.parts.has(number)) return { state: 'repeated' };
    report.parts.set(number, items);
    report.items += items.length;
    if (!tbc) report.last = number;
    if (report.items > this.#bounds.items || report.parts.size > this.#bounds.items) {
      this.#reports.delete(requestId);
      return { state: 'tooLarge' };
    }
    if (report.last === undefined || report.parts.size <= report.last) return { state: 'waiting' };
    this.#reports.delete(requestId);
    return { state: 'complete', items: [...report.parts].sort(([a], [b]) => a - b).flatMap(([, part]) => [...part]) };
  }

  /** Forgets a report that will not come any more. */
  forget(requestId?: number): void {
    this.#reports.delete(requestId);
  }

  #report(requestId: number | undefined): Report<Item> {
    let report = this.#reports.get(requestId);
    if (!report) {
      report = { parts: new Map(), last: undefined, items: 0 };
      this.#reports.set(requestId, report);
      for (const oldest of this.#reports.keys()) {
        if (this.#reports.size <= this.#bounds.reports) break;
        this.#reports.delete(oldest);
      }
    }
    return report;
  }
}
