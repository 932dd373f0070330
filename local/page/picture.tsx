import { useState } from 'preact/hooks';

const KEY = 'pictures-from-elsewhere';

/** Whether the page may load pictures from other machines. It does so only if somebody asks for it. */
export function mayLoadPictures(): boolean {
  return window.localStorage.getItem(KEY) === 'yes';
}

/** Remembers that choice. */
export function setMayLoadPictures(may: boolean): void {
  window.localStorage.setItem(KEY, may ? 'yes' : 'no');
}

/** A product's picture, or the first letters of its name. */
export function Picture({ xp, name }: { xp: unknown; name: string }) {
  const [isBroken, setIsBroken] = useState(false);
  const url = pictureIn(xp);
  const isShown = url !== null && !isBroken && (url.startsWith('data:image/') || mayLoadPictures());
  if (isShown) {
    return (
      <img
        class="picture"
        src={url}
        alt=""
        loading="lazy"
        referrerpolicy="no-referrer"
        onError={() => setIsBroken(true)}
      />
    );
  }
  const letters = name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0))
    .join('');
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  return (
    <span class="picture letters" aria-hidden="true" style={{ '--hue': String(hue) }}>
      {letters.toUpperCase()}
    </span>
  );
}

/** The first address of a picture in the extended properties, thumbnails first, such as `Images[0].ThumbnailUrl`. */
function pictureIn(xp: unknown): string | null {
  const found: { url: string; isThumbnail: boolean }[] = [];
  const look = (value: unknown, name: string, depth: number) => {
    if (
      typeof value === 'string' &&
      /^(https:|data:image\/)/.test(value) &&
      /image|thumb|picture|photo|url/i.test(name)
    ) {
      if (value.startsWith('data:') || /\.(png|jpe?g|webp|gif|avif|svg)(\?|$)/i.test(value)) {
        found.push({ url: value, isThumbnail: /thumb/i.test(name) });
      }
    } else if (typeof value === 'object' && value !== null && depth < 4) {
      for (const [key, entry] of Object.entries(value)) look(entry, `${name} ${key}`, depth + 1);
    }
  };
  look(xp, '', 0);
  return (found.find(({ isThumbnail }) => isThumbnail) ?? found[0])?.url ?? null;
}
