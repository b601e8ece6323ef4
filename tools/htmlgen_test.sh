#!/bin/sh
# What is wrong in a template or a catalogue is refused, with its file and line. htmlgen_test.sh HTMLGEN TEXTGEN
htmlgen=$(realpath "$1")
textgen=$(realpath "$2")
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/out" "$dir/src/room" "$dir/src/other" "$dir/locale/en" "$dir/locale/hi" "$dir/locale/bn"
# A generator ends at once and leaves its memory to the system.
export ASAN_OPTIONS=detect_leaks=0
cd "$dir" || exit 1
cases=0
bad=0

wrong() {
	bad=$((bad + 1))
	echo "WRONG: $1"
	cat err
}
# refused WHAT 'place' 'said' COMMAND…: the command fails, names the place and says it
refused() {
	what=$1
	place=$2
	said=$3
	shift 3
	cases=$((cases + 1))
	if "$@" 2>err; then wrong "$what was taken"; fi
	if ! grep -F "$place" err | grep -qF "$said"; then wrong "$what: expected \"$place … $said\""; fi
}
taken() {
	what=$1
	shift
	cases=$((cases + 1))
	"$@" 2>err || wrong "$what was refused"
}
head='@view Row
name str
late bool
count int
href url
names list str
person one Person
@end
@view Person
name str
@end
@use Row'
# markup MARKUP 'said': a template whose first line of markup is line 13
markup() {
	printf '%s\n%s\n' "$head" "$1" >src/room/row.html
	refused "$1" "src/room/row.html:${3:-13}: " "$2" "$htmlgen" out src/room/row.html
}
good() {
	printf '%s\n%s\n' "$head" "$1" >src/room/row.html
	taken "$1" "$htmlgen" out src/room/row.html
}
# view HEAD 'line: said': what a head is refused for
view() {
	printf '%s\n' "$1" >src/room/row.html
	refused "$1" "src/room/row.html:" "$2" "$htmlgen" out src/room/row.html
}

taken "nothing at all" "$htmlgen" out
good '<p>{name} {count}</p>{if person}<b>{person.name}</b>{else}{t none_yet}{end}'
good '<a href="{href}#part" class="x{if late} late{end}"{if late} hidden{end}>{{{name}}</a>'
good '<a href="#{name}">a</a><a href="tel:{name}">b</a><img src="{href}" alt="{name}"><br>'
good '<ul>{each n in names}<li>{n}</li>{end}</ul><!-- {not read} --><textarea>{name}</textarea>'
good '{tn room_rows count name "a } in quotes"}'

markup '<p>{nam}</p>' 'view Row has no field "nam"'
markup '<p>{person.age}</p>' '".age" may be absent: put it inside {if'
markup '{if person}{person.age}{end}' 'view Person has no field "age"'
markup '{if not person}{person.name}{end}' '".name" may be absent'
markup '{if person}{else}{person.name}{end}' '".name" may be absent'
markup '<p>{late}</p>' '"late" is bool and has no text'
markup '{other_page person}' 'no template has this name'
markup '{name.x}' 'what stands before the point is str'
markup '{}' '{} is empty'
markup '{name' '{ without }'
markup '{if late}<p>x</p>' '{if} or {each} has no {end}'
markup '<p>{end}</p>' '{end} without {if} or {each}'
markup '{each n in name}{n}{end}' '"name" is str, not a list'
markup '{each name in names}{name}{end}' '"name" is taken'
markup '{each n in names}{else}{end}' '{else} belongs to an {if}'
markup '{if late}<p>{end}</p>' '<p> is open at {end}'
markup '<p>{if late}</p>{end}' "</p> closes an element opened before"
markup '{t}' 'expected {t key'
markup '{tn room_rows name}' 'a count is int'
markup '{t room_rows late}' 'a sentence takes str and int'
markup '<div><p>x</div>' '</div> where </p> is expected'
markup '<div>' '<div> is not closed' 14
markup '</div>' '</div> closes nothing'
markup '<div/>' 'only void elements end so'
markup '<p class=x>a</p>' 'its value goes between'
markup '<p {name}>a</p>' 'inside a tag only {if}'
markup '<p>a < b</p>' 'name of an element'
markup '<P>a</P>' 'small letters'
markup '<a href="{name}">a</a>' 'href takes a url'
markup '<a href="javascript:{name}">a</a>' 'href takes a url'
markup '<a href="/cases">a</a>' 'addresses are urls of routes'
markup '<a href="">a</a>' 'addresses are urls of routes'
markup '<a href="{href}/more">a</a>' 'behind a url only #'
markup '<a href="x{href}">a</a>' 'an address begins with its url'
markup '<a href="{if late}{href}{end}">a</a>' 'no {if} inside'
markup '<p>{href}</p>' 'it goes into href, action or src'
markup '<p title="{href}">a</p>' 'it goes into href, action or src'
markup '<p style="color:red">a</p>' 'no style and no script'
markup '<p onclick="x()">a</p>' 'no style and no script'
markup '<script>x()</script>' 'give it a src'
markup '<style>p{{}</style>' '<style> is not for our pages'
markup '<p>{long name}</p>' '{long} makes paragraphs'
markup '
<p>
{nam}</p>' 'view Row has no field "nam"' 15

view '<p>no view</p>' '1: no @view and no @use'
view '@view row
name str
@end' '1: view "row": names of views are written LikeThis'
view '@view Row
@end' '2: view Row has no field'
view '@view Row
name str' '1: view Row has no @end'
view '@view Row
name text
@end' '2: field name: expected str'
view '@view Row
name str
name int
@end' '3: field name stands twice'
view '@view Row
case str
@end' '2: "case" is a word of C'
view '@view Row
a list Nothing
@end' '2: no view is called Nothing'
view '@use Nothing
<p>x</p>' '1: no view is called Nothing'
view '@view Row
a list Row
@end' '2: view Row holds itself'
printf '@view A\nb one B\n@end\n' >src/room/a.html
printf '@view B\nx str\n@end\n@view C\na one A\n@end\n' >src/other/b.html
refused "rooms in a circle" "" "hold one another" "$htmlgen" out src/room/a.html src/other/b.html
printf '@view A\nx str\n@end\n' >src/other/a.html
refused "two templates of one name" "src/other/a.html:1: " "a template of this name stands already" "$htmlgen" out src/room/a.html src/other/a.html

# po LANG TEXT
po() { printf '%s\n' "$2" >"locale/$1/room.po"; }
speak() { refused "$1" "" "$2" "$textgen" out locale/en/room.po locale/hi/room.po; }
po en 'msgid "room_a"
msgstr "{1} came"'
po hi 'msgid "room_a"
msgstr "{1} आए"'
taken "a complete pair" "$textgen" out locale/en/room.po locale/hi/room.po
po bn '# nothing yet'
taken "an incomplete third language" "$textgen" out locale/en/room.po locale/hi/room.po locale/bn/room.po
po hi 'msgid "room_a"
msgstr "{2} आए"'
speak "another placeholder" "locale/hi/room.po:1: room_a: the placeholders are not those of locale/en/room.po:1"
po hi 'msgid "room_a"
msgstr ""'
speak "an empty sentence" "locale/hi/room.po:1: room_a has no text"
po hi 'msgid "room_b"
msgstr "{1}"'
speak "a sentence too many" "locale/hi/room.po:1: room_b is not in English"
po hi 'msgid ""
msgstr ""'
speak "a missing sentence" "locale/en/room.po:1: room_a is not in Hindi"
po hi 'msgid "room_a"
msgstr "x'
speak "an open quote" "locale/hi/room.po:2: a string is not closed"
po hi 'msgid "room_a"
msgid_plural "room_a"
msgstr[0] "{1}"
msgstr[1] "{1}"'
speak "plural in one language" "locale/hi/room.po:1: room_a: plural here or in English"
po hi 'msgid "room_a"
msgstr "{x}"'
speak "an unknown brace" "locale/hi/room.po:1: room_a: only {1} to {9}"
po hi 'msgid "room_a"
msgstr "{1}"

msgid "room_a"
msgstr "{1}"'
speak "a key twice" "locale/hi/room.po:4: room_a stands already in locale/hi/room.po:1"

if [ "$bad" = 0 ]; then echo "ok 1 - $cases cases"; else echo "not ok 1 - $bad of $cases cases"; fi
[ "$bad" = 0 ]
