/** Where the page and its settings lie on a web server. */
export const statusPage = "/usr/share/nonet/status.php";
export const statusSettings = "/etc/nonet/site.php";

const php = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** What the page needs to know. */
export interface StatusSettings {
  readonly server: string;
  readonly database: { readonly host: string; readonly name: string; readonly user: string; readonly password: string };
  /** On the mounted content. */
  readonly file: string;
}

/** The settings as a PHP file. */
export function settingsPhp({ server, database, file }: StatusSettings): string {
  return `<?php
return [
  'server' => ${php(server)},
  'host' => ${php(database.host)},
  'name' => ${php(database.name)},
  'user' => ${php(database.user)},
  'password' => ${php(database.password)},
  'file' => ${php(file)},
];
`;
}

/**
 * The page: which web server answered, the row read through the database's floating address, the file read from the
 * content. JSON with `?json`, else HTML; 503 when a part is missing. On the command line `php status.php write`
 * stores its standard input as the row, `read` prints it.
 */
export const statusPhp = String.raw`<?php
$site = require '${statusSettings}';
$database = function () use ($site) {
  mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
  $link = mysqli_init();
  $link->options(MYSQLI_OPT_CONNECT_TIMEOUT, 3);
  $link->options(MYSQLI_OPT_READ_TIMEOUT, 5);
  $link->real_connect($site['host'], $site['user'], $site['password'], $site['name']);
  return $link;
};
$row = function () use ($database) {
  $found = $database()->query('SELECT text FROM nonet_status WHERE id = 1')->fetch_row();
  return $found === null ? null : $found[0];
};
if (PHP_SAPI === 'cli') {
  if (($argv[1] ?? '') === 'write') {
    $link = $database();
    $link->query('CREATE TABLE IF NOT EXISTS nonet_status (id INT PRIMARY KEY, text VARCHAR(255) NOT NULL) ENGINE=InnoDB');
    $statement = $link->prepare('REPLACE INTO nonet_status VALUES (1, ?)');
    $statement->execute([rtrim(stream_get_contents(STDIN), "\n")]);
  } else {
    echo 'row ', $row(), "\n";
  }
  exit(0);
}
try {
  $text = $row();
} catch (Throwable $error) {
  $text = null;
}
$file = @file_get_contents($site['file']);
$file = $file === false ? null : trim($file);
$ok = $text !== null && $file !== null;
http_response_code($ok ? 200 : 503);
header('Cache-Control: no-store');
header('X-Served-By: ' . $site['server']);
if (isset($_GET['json'])) {
  header('Content-Type: application/json');
  echo json_encode(['ok' => $ok, 'server' => $site['server'], 'row' => $text, 'file' => $file]), "\n";
  exit;
}
$cell = fn($value, $missing) => htmlspecialchars($value ?? "missing: $missing");
header('Content-Type: text/html; charset=utf-8');
?>
<!doctype html>
<html lang="en">
<title><?= $ok ? 'All parts work' : 'A part is missing' ?></title>
<style>body{font:16px system-ui;margin:3em auto;max-width:40em}th{text-align:left;padding-right:2em}</style>
<h1><?= $ok ? 'All parts work' : 'A part is missing' ?></h1>
<table>
<tr><th>Web server<td><?= $cell($site['server'], '') ?>
<tr><th>Row from the database<td><?= $cell($text, 'it cannot be read') ?>
<tr><th>File from the storage<td><?= $cell($file, 'it cannot be read') ?>
</table>
</html>
`;
