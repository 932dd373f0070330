/** Whether a schedule's sale is over, on or still to come at a time. */
export function saleOf(
  { saleStart, saleEnd }: { saleStart: string | null; saleEnd: string | null },
  at: number,
): 'none' | 'over' | 'on' | 'later' {
  if (saleStart === null && saleEnd === null) return 'none';
  if (saleStart !== null && at < Date.parse(saleStart)) return 'later';
  return saleEnd !== null && at >= Date.parse(saleEnd) ? 'over' : 'on';
}
