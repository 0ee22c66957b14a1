import { useEffect, useState } from 'preact/hooks';
import { load, save } from './storage';

export type Theme = 'auto' | 'light' | 'dark';

const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

/** The theme and how to change it; it is kept in the browser. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(() => THEMES.find((each) => each === load('theme')) ?? 'auto');
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    save('theme', theme === 'auto' ? '' : theme);
  }, [theme]);
  return [theme, () => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto')];
}
