/** A place to charge, as a driver looks for it. */
export interface SearchQuery {
  /** West, south, east, north, in degrees. */
  box: readonly [west: number, south: number, east: number, north: number];
  /** Sorted by the way to it; within so many metres where a radius is wanted. */
  around?: { longitude: number; latitude: number; radiusMetres?: number };
  standard?: string;
  minPowerWatt?: number;
  /** Only what can be used now. */
  free?: boolean;
  limit: number;
}

const EARTH_METRES = 6_371_008.8;
const METRES_A_DEGREE = (Math.PI * EARTH_METRES) / 180;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** The box that holds a circle. Near a pole it goes all the way round. */
export function boxAround({ longitude, latitude }: { longitude: number; latitude: number }, radiusMetres: number): SearchQuery['box'] {
  const up = radiusMetres / METRES_A_DEGREE;
  const north = Math.min(90, latitude + up);
  const south = Math.max(-90, latitude - up);
  const narrowest = Math.cos(radians(Math.max(Math.abs(north), Math.abs(south))));
  const side = narrowest * METRES_A_DEGREE < 1 ? 180 : Math.min(180, radiusMetres / (METRES_A_DEGREE * narrowest));
  return [longitude - side, south, longitude + side, north];
}

/** Metres between two places, along the sphere. */
export function metresBetween(a: { longitude: number; latitude: number }, b: { longitude: number; latitude: number }): number {
  const up = radians(b.latitude - a.latitude);
  const side = radians(b.longitude - a.longitude);
  const half = Math.sin(up / 2) ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(side / 2) ** 2;
  return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(half)));
}
