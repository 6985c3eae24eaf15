// Who sits in Oudermeersch: invented people, and what they deal with.

const FIRST = ['Veerle', 'Driss', 'Ilse', 'Wouter', 'Hanne', 'Bart', 'Fatiha', 'Luc', 'Marie-Christine', 'Jonas', 'Sofie', 'Koen'];
const LAST = ['Cools', 'Ben Haddou', 'Ooms', 'Vandenbroucke-De Smet', 'Peeters', 'Van Acker', 'Claes', 'El Amrani', 'De Wulf'];
const GROUPS = ['Samen Vooruit', 'Meersen Leeft', 'Groen en Water', 'Lokale Lijst'];

export const ADMIN = 'informatica@oudermeersch.example';
export const CLERK = 'secretariaat.medewerker@oudermeersch.example';
export const DIRECTOR = 'algemeen.directeur@oudermeersch.example';

/** Thirty-five councillors: the first presides, the next five are the college. */
export const COUNCIL = Array.from({ length: 35 }, (_, at) => ({
  name: `${FIRST[at % FIRST.length]} ${LAST[at % LAST.length]}`,
  email: `raadslid${at + 1}@oudermeersch.example`,
  role: at === 0 ? 'voorzitter' : at === 1 ? 'burgemeester' : at < 6 ? 'schepen' : 'lid',
  group: GROUPS[at % GROUPS.length],
}));
export const CHAIR = COUNCIL[0];
/** Those who act on pages of their own: a member with items and remarks, and two who take part from elsewhere. */
export const MEMBER = COUNCIL[20];
export const FAR = [COUNCIL[33], COUNCIL[34]];

/** What each body is in law, who sits in it, and when it meets. */
export const BODIES = [
  { slug: 'gemeenteraad', kind: 'gemeenteraad', seats: COUNCIL, hybrid: true },
  { slug: 'raad-voor-maatschappelijk-welzijn', kind: 'raad-voor-maatschappelijk-welzijn', seats: COUNCIL, hybrid: true },
  { slug: 'college-van-burgemeester-en-schepenen', kind: 'college-van-burgemeester-en-schepenen', seats: COUNCIL.slice(1, 6), closed: true },
  { slug: 'commissie-ruimte', kind: 'gemeenteraadscommissie', seats: COUNCIL.slice(6, 15) },
  { slug: 'commissie-financien', kind: 'gemeenteraadscommissie', seats: COUNCIL.slice(15, 24) },
  { slug: 'commissie-samenleven', kind: 'gemeenteraadscommissie', seats: COUNCIL.slice(24, 33) },
  { slug: 'bijzonder-comite-voor-de-sociale-dienst', kind: 'bijzonder-comite-sociale-dienst', seats: COUNCIL.slice(8, 17) },
];

/** The list of members as a spreadsheet saves it, with what the mandate database calls them (invented); of a body without
 *  the council's chair the first presides. */
export function csv({ slug, seats }) {
  const office = (one, at) => {
    if (seats[0] === CHAIR) return one.role;
    return at === 0 ? 'voorzitter' : 'lid';
  };
  const iri = (noun, at) => `http://data.lblod.info/id/${noun}/oudermeersch-${slug}-${at}`;
  const lines = seats.map((one, at) => `${one.email};${one.name};${at + 1};${office(one, at)};${one.group};2027-01-01;${iri('mandatarissen', at + 1)}`);
  const director = `${DIRECTOR};Lieve Verhaegen;;algemeen directeur;;2027-01-01;${iri('functionarissen', 1)}`;
  return ['E-mail;Naam;Zetel;Rol;Fractie;Van;URI', ...lines, director].join('\r\n');
}

/** A word that stands in closed matter alone, and so nowhere in public. */
export const SECRET = 'ZWIJGPLICHT-4c1d';

/** A PDF of one page with a line of text. */
export function pdf(line) {
  const text = `BT /F1 24 Tf 72 720 Td (${line}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const begins = file.length;
  file += `xref\n0 6\n0000000000 65535 f \n${places.join('')}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${begins}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}
