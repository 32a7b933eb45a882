import type { StationId } from '../kernel/ids.js';
import type { StationLink } from './driver.js';

/** The stations connected to this node. The newest authenticated connection is the station; an older one cannot act. */
export class Connections {
  readonly #links = new Map<StationId, StationLink>();

  get(stationId: StationId): StationLink | undefined {
    return this.#links.get(stationId);
  }

  get size(): number {
    return this.#links.size;
  }

  list(): StationLink[] {
    return [...this.#links.values()];
  }

  put(link: StationLink): void {
    this.#links.set(link.stationId, link);
  }

  /** False if a newer connection has taken its place: then the station is not offline. */
  remove(link: StationLink): boolean {
    return this.#links.get(link.stationId) === link && this.#links.delete(link.stationId);
  }
}
