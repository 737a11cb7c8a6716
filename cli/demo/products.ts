import { EXAMPLE_PRODUCT } from '../../schemas/example.ts'
import type { NewProduct } from '../../schemas/product.ts'

/** Names and descriptions, by department: the prefix of their external ids, and their tag. */
const DEPARTMENTS: Record<string, [name: string, description: string][]> = {
  GARDEN: [
    [
      'Hartwell cordless hedge trimmer 18 V',
      'Cuts branches up to 18 mm; battery and charger included',
    ],
    ['Hartwell garden hose 25 m', 'Kink-free hose of 13 mm with four connectors'],
    ['Verdano compost bin 300 l', 'Ventilated bin of recycled plastic with a flap at the bottom'],
    ['Verdano raised bed 120 × 80 cm', 'Untreated larch, assembled without tools'],
    ['Nordlys solar garden lights, set of 6', 'Warm white light for eight hours after a sunny day'],
    ['Rainkeeper water barrel 210 l', 'With a tap, a lid that children cannot open, and a stand'],
    ['Brennholz fire bowl 60 cm', 'Steel bowl on three legs, with a grill grate'],
    ['Hartwell wheelbarrow 100 l', 'Galvanised tub, puncture-proof wheel, carries 250 kg'],
    ['Pico pruning shears', 'Forged blades that can be changed, for the right hand and the left'],
  ],
  KITCHEN: [
    ['Caffè Uno espresso machine', 'Pressure of 15 bar, a steam nozzle, and a cup warmer'],
    ['Caffè Uno coffee grinder', 'Conical burrs with 31 grades, from espresso to French press'],
    ['Baltia stand mixer 1200 W', 'Bowl of 5 litres, dough hook, whisk and beater'],
    ['Baltia hand blender', 'Two speeds, stainless steel foot, beaker with a lid'],
    ['Tesson cast-iron pot 26 cm', 'Enamelled, for every hob and the oven'],
    ['Tesson frying pan 28 cm', 'Carbon steel, seasoned, with a long handle'],
    ['Misura kitchen scale', 'Weighs up to 10 kg to the gram; charged by USB-C'],
    ['Kettlewell kettle 1.7 l', 'Five temperatures, keeps warm for half an hour'],
    ['Kettlewell toaster, two slots', 'Seven degrees of browning, a bun rack, a crumb tray'],
    ['Sharpe chef’s knife 20 cm', 'Steel with 67 layers, walnut handle'],
  ],
  HOME: [
    ['Silento vacuum cleaner', '64 dB, a bag of 3.5 litres, a HEPA filter that can be washed'],
    ['Silento robot vacuum R7', 'Maps the home by laser, and mops at a set humidity'],
    ['Lumen desk lamp', 'Dimmable from 2,700 to 6,500 kelvin, with a clamp for the desk'],
    ['Lumen floor lamp', 'Linen shade, oak tripod, socket E27'],
    ['Aerio air purifier', 'For rooms of 45 m², with a display of fine dust'],
    ['Aerio dehumidifier 12 l', 'Draws 12 litres a day, stops when its tank is full'],
    ['Bjorn bookshelf, five boards', 'Solid birch, each board carries 40 kg'],
    ['Tempus radio alarm clock', 'DAB+, two alarms, a display that dims at night'],
    ['Plume down duvet 200 × 200 cm', 'White goose down, for all seasons'],
    ['Ironette steam iron 2800 W', 'Steam boost of 200 g, drip stop, a cord of 2.5 m'],
  ],
  TOOLS: [
    ['Kraftig cordless drill 18 V', '60 Nm, two batteries, a case with 30 bits'],
    ['Kraftig angle grinder 125 mm', '1,100 W with a soft start and protection from a restart'],
    ['Kraftig jigsaw', 'Cuts 90 mm of wood, pendulum in four steps'],
    ['Measurely laser distance meter', 'Up to 50 m, to 2 mm; areas and volumes'],
    ['Measurely cross-line laser', 'Green lines that level themselves, with a tripod'],
    ['Torque socket set, 108 pieces', 'Chrome vanadium steel, ratchets of ¼ and ½ inch'],
    ['Workhorse folding workbench', 'Carries 200 kg, folds to 15 cm'],
    ['Ladderly telescopic ladder 3.8 m', 'Thirteen rungs, locks that click, folds to 88 cm'],
    ['Workhorse tool box with wheels', 'Three parts that stack, closed to dust and rain'],
    ['Voltix multimeter', 'True RMS, contactless voltage test, CAT III 600 V'],
  ],
  SPORT: [
    ['Velora city bike 28 inch', 'Eight hub gears, belt drive, lights by a hub dynamo'],
    ['Velora bicycle helmet', 'In-mould shell with a rear light, 54 to 60 cm'],
    ['Airflow bicycle pump', 'Floor pump up to 11 bar, for every valve'],
    ['Altura tent for three', 'Water column of 3,000 mm, up in five minutes, 3.4 kg'],
    ['Altura sleeping bag −5 °C', 'Recycled filling, 1.2 kg, right and left can be joined'],
    ['Altura camping stove', 'Gas stove with a wind guard, boils a litre in three minutes'],
    ['Strider running shoes', 'Cushioned, for roads, an 8 mm drop'],
    ['Balance yoga mat 6 mm', 'Natural rubber that does not slip, with a strap'],
    ['Ferrum kettlebell 16 kg', 'Cast in one piece, powder-coated'],
    ['Paddle inflatable board 320 cm', 'With paddle, pump, fin and rucksack; carries 130 kg'],
  ],
  ELECTRONICS: [
    ['Auris wireless headphones', 'Noise cancelling, 35 hours on a charge, two devices at once'],
    ['Auris bookshelf speakers, a pair', 'Two ways, 80 W, walnut veneer'],
    ['Pixton monitor 27 inch', '2,560 × 1,440 pixels, USB-C with 90 W, height adjustable'],
    ['Keystone mechanical keyboard', 'Quiet switches that can be changed, 75 percent layout'],
    ['Keystone vertical mouse', 'Spares the wrist, charged by USB-C, silent buttons'],
    ['Portal Wi-Fi 7 router', 'Four ports of 2.5 Gbit/s, mesh, guest network'],
    ['Storix SSD 2 TB', 'Reads 7,000 MB/s, with a heat sink, five years of warranty'],
    ['Powerbrick power bank 20,000 mAh', 'Charges a laptop with 65 W and two phones at once'],
    ['Lenswood action camera', '5.3K at 60 pictures a second, waterproof to 10 m'],
    ['Readon e-reader 7 inch', 'Light that follows the evening, weeks on a charge'],
  ],
}

/** The products of the demonstration, with the one of the examples first. */
export const DEMO_PRODUCTS: NewProduct[] = [
  EXAMPLE_PRODUCT,
  ...Object.entries(DEPARTMENTS).flatMap(([department, products]) =>
    products.map(([name, description], index) => ({
      name,
      description,
      external_id: `${department}-${101 + index}`,
      tags: [department.toLowerCase()],
    })),
  ),
]
