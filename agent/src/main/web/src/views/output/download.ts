import { endOf, type Shown } from './rows';

/** Time for the browser to take a file before it is let go. */
const KEEP_MS = 60_000;

/** The rows as they were written, byte for byte; what is missing is said in a line of its own. */
export function contents(rows: readonly Shown[]): Uint8Array[] {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let isLineOpen = false;
  for (const row of rows) {
    if (row.kind === 'line') {
      parts.push(row.bytes);
      isLineOpen = row.bytes[row.bytes.length - 1] !== 10;
    } else if (row.kind === 'gap') {
      parts.push(encoder.encode(`${isLineOpen ? '\n' : ''}[${endOf(row) - row.offset} bytes of ${row.stream} are missing]\n`));
      isLineOpen = false;
    }
  }
  return parts;
}

/** `gate7-camera-stdout-2026-11-27T20-40-00Z.log`. */
export function fileName(device: string, service: string, stream: string, now: Date): string {
  return `${device}-${service}-${stream}-${now.toISOString().slice(0, 19).replace(/:/g, '-')}Z.log`;
}

/** Lets the browser save a file. */
export function download(name: string, parts: readonly Uint8Array[]): void {
  const url = URL.createObjectURL(new Blob([...parts] as BlobPart[], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS);
}
