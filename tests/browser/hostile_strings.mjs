// Two hundred texts that would like to run, to break out of their place, or to break the layout.

const SCRIPTS = [
  '<script>stolen()</script>', '<img src=x onerror=stolen()>', '<svg onload=stolen()>', '<iframe srcdoc="<script>stolen()</script>">',
  '<body onload=stolen()>', '<details open ontoggle=stolen()>', '<input autofocus onfocus=stolen()>', '<video><source onerror=stolen()>',
  '<a href="javascript:stolen()">x</a>', '<math><mtext></form><form><mglyph><style></math><img src onerror=stolen()>',
  '<object data="data:text/html,<script>stolen()</script>">', '<base href="https://boos.example/">', '<meta http-equiv="refresh" content="0;url=javascript:stolen()">',
  '<link rel="stylesheet" href="data:text/css,body{display:none}">', '<style>*{display:none}</style>', '<form action="https://boos.example/"><button>Boek</button></form>',
  '<button formaction="javascript:stolen()">x</button>', '<marquee onstart=stolen()>x</marquee>', '<template><script>stolen()</script></template>', '<x onclick=stolen()>klik</x>',
  '{{ shell.form() }}', '{% include "shell.html" %}', '${stolen()}', '`${stolen()}`', '&lt;script&gt;stolen()&lt;/script&gt;', '&#60;script&#62;stolen()&#60;/script&#62;',
  '%3Cscript%3Estolen()%3C/script%3E', '\\u003cscript\\u003estolen()\\u003c/script\\u003e', "');stolen();//", '";stolen();//', '</script><script>stolen()</script>', '<!--<img src="--><img src=x onerror=stolen()//">',
];
const ESCAPES = [(x) => x, (x) => `">${x}`, (x) => `'>${x}`, (x) => `</textarea>${x}`, (x) => `</title></option></select>${x}`];
const SHAPES = [
  'W'.repeat(190), 'wijk'.repeat(45), `${'-'.repeat(180)}`, `${'ﷺ'.repeat(60)}`, `${'𒐫'.repeat(60)}`, `Z${'\u0300\u0301\u0302\u0303\u0304'.repeat(30)}algo`,
  '\u202egninevegmo\u202c van links', '\u2066\u2067\u2068 gerichte tekst', 'اجتماع المجلس البلدي لمناقشة ميزانية السنة القادمة', '議会の定例会議と予算委員会の合同会議について', '🏛️👩‍👩‍👧‍👦🇧🇪'.repeat(15), '\u200b\u200b\u200bniets te zien\u200b',
  'a\u00ada\u00ad'.repeat(60), '&nbsp;'.repeat(30), 'Ǆ'.repeat(150), 'ß'.repeat(180), '\ufeffbegint met een merk', 'i̇stanbul İSTANBUL ı', '%s%s%s%n%x', '{0} {name} {max} {}',
  "Robert'); DROP TABLE meeting;--", '" OR 1=1 --', '../../../../etc/passwd', '=HYPERLINK("https://boos.example")', '+cmd|calc!A0', '@SUM(1)', 'null', 'undefined', 'NaN', '0', '-1', 'true',
  'Marie-Christine Vandenbroucke-De Smet-Van Overschelde-Vandenberghe', 'É', '.', '"', "'", '&', '\\', '/', '?', '#',
];

/** The texts, all different, none over 200 characters. */
export const HOSTILE = [...new Set([...ESCAPES.flatMap((escape) => SCRIPTS.map(escape)), ...SHAPES])]
  .map((text) => [...text].slice(0, 190).join('')).slice(0, 202);
