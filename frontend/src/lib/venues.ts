/** Return a venue's name as people write it: `binance` → `Binance`. */
export function venueName(venue: string): string {
  return venue.charAt(0).toUpperCase() + venue.slice(1);
}
