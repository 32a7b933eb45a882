/** How a vehicle is known: its MAC address or VIN, without the marks that stations put around it. */
export function vehicleName(id: string): string {
  return id
    .toUpperCase()
    .replace(/^(VID|MAC|VIN):/, '')
    .replace(/[:-]/g, '');
}

/** True for an id that a station sends for a vehicle instead of a card. */
export function isVehicle(uid: string): boolean {
  return /^(VID|MAC|VIN):/i.test(uid);
}

/** A contract id without separators and without its check digit, so that every spelling of it is one. eMI3, ISO 15118 */
export function contractName(id: string): string {
  const plain = id.toUpperCase().replace(/-/g, '');
  // Two letters, three of the provider, nine of the instance, and maybe one that checks.
  return /^[A-Z]{2}[A-Z0-9]{3}C?[A-Z0-9]{8,9}$/.test(plain) && plain.length === 15 ? plain.slice(0, 14) : plain;
}
