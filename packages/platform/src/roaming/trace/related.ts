import type { OcpiRequest } from '@evroam/ocpi';

const related = new WeakMap<OcpiRequest, string>();

/** The request belongs to an earlier message, whatever correlation id its sender gave it: the result of a command comes with one of its own. */
export const relate = (request: OcpiRequest, correlation: string): void => {
  related.set(request, correlation);
};

export const relatedTo = (request: OcpiRequest): string | undefined => related.get(request);
