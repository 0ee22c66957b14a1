import { load, save } from '../../ui/storage';
import { STREAMS, type Stream } from './rows';

/** How somebody wants to see output; the first three are kept in the browser. */
export interface Settings {
  readonly shows: Stream | 'both';
  readonly isWrapped: boolean;
  readonly hasTimes: boolean;
  readonly query: string;
  readonly isRegex: boolean;
  /** Whether only lines with a hit are shown. */
  readonly isFilter: boolean;
}

export const SHOWS: readonly Settings['shows'][] = ['both', ...STREAMS];

export function loadSettings(): Settings {
  const kept = load('output').split(' ');
  return {
    shows: SHOWS.find((each) => kept.includes(each)) ?? 'both',
    isWrapped: kept.includes('wrap'),
    hasTimes: kept.includes('times'),
    query: '',
    isRegex: false,
    isFilter: false,
  };
}

export function saveSettings({ shows, isWrapped, hasTimes }: Settings): void {
  save('output', [shows, isWrapped ? 'wrap' : '', hasTimes ? 'times' : ''].filter((each) => each !== '').join(' '));
}

export const streamsOf = ({ shows }: Settings): readonly Stream[] => (shows === 'both' ? STREAMS : [shows]);
