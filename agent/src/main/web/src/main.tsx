import './order';
import { render } from 'preact';
import { Page } from './views/Page';

const place = document.getElementById('page');
if (place !== null) render(<Page />, place);
