import { DOUBTS, type Offer, REASONS } from '../../src/offer/offer.ts';
import { type Buyer, isSomebody } from './buyer.ts';
import { Badge, Table } from './controls.tsx';
import { dateTime, money } from './format.ts';

const VIA = {
  user: 'of the user',
  userGroup: 'of the group',
  company: 'of the company',
  sellerDefault: 'the default of the seller',
  default: 'the product’s default',
};

/** What the buyer pays, or why not. */
export function OfferCard({ offer, buyer }: { offer: Offer; buyer: Buyer }) {
  const { schedule, currency } = offer;
  return (
    <>
      {!isSomebody(buyer) && <p class="hint">Choose a company or groups at the top to see what they pay.</p>}
      {offer.unitPrice !== null && (
        <p class="price" data-testid="price">
          <strong>{money(offer.unitPrice, currency)}</strong> each
          {offer.onSale && <Badge kind="sale">on sale</Badge>}
        </p>
      )}
      {offer.lineSubtotal !== null && (
        <p>
          {money(offer.lineSubtotal, currency)} for {offer.quantity}
        </p>
      )}
      <p>
        {offer.orderable ? (
          <Badge kind="active">can be ordered</Badge>
        ) : (
          <Badge kind="deleted">cannot be ordered</Badge>
        )}
      </p>
      {schedule && (
        <p>
          Price schedule <code>{schedule.id}</code>, {VIA[schedule.via]}
          {schedule.partyId && <code> {schedule.partyId}</code>}
          {offer.validUntil && <>, until {dateTime(offer.validUntil)}</>}
        </p>
      )}
      {offer.reasons.length > 0 && (
        <ul class="reasons" aria-label="Reasons">
          {offer.reasons.map((reason) => (
            <li key={reason}>
              {REASONS[reason]} <small>{reason}</small>
            </li>
          ))}
        </ul>
      )}
      {offer.breaks.length > 0 && (
        <Table kind="breaks" columns={['Quantity', 'Price']} numbers={1}>
          {offer.breaks.map(({ from, to, price, kind }) => (
            <tr key={from} class={from === offer.breakFrom ? 'applies' : ''}>
              <td>{to === null ? `${from} or more` : to === from ? from : `${from} to ${to}`}</td>
              <td class="number">
                {money(price, currency)} {kind === 'sale' && <Badge kind="sale">sale</Badge>}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {offer.doubts.length > 0 && (
        <details>
          <summary>What nobody has published ({offer.doubts.length})</summary>
          <ul class="doubts">
            {offer.doubts.map((doubt) => (
              <li key={doubt}>
                {DOUBTS[doubt]} <small>{doubt}</small>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
