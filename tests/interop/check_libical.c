/* Parses a feed with libical and calls its strict check, icalcomponent_check_restrictions.
 *
 * Usage: check_libical FEED.ics
 * Prints every error that libical attaches to a component (X-LIC-ERROR) and exits 1 if there is one; else
 * prints the number of events. Exits 2 on wrong use.
 *
 * Build: cc -o check_libical check_libical.c $(pkg-config --cflags --libs libical)
 */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>

static char *slurp(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return NULL;
    }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = size < 0 ? NULL : malloc((size_t)size + 1);
    if (text) {
        text[fread(text, 1, (size_t)size, file)] = '\0';
    }
    fclose(file);
    return text;
}

/* Components nest three deep at most in what we publish; libical's own parser is behind us here. */
static int print_errors(icalcomponent *component)
{
    int errors = 0;
    icalproperty *property = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY);
    for (; property; property = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY)) {
        printf("%s: %s\n", icalcomponent_kind_to_string(icalcomponent_isa(component)),
               icalproperty_get_xlicerror(property));
        errors++;
    }
    icalcomponent *child = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT);
    for (; child; child = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT)) {
        errors += print_errors(child);
    }
    return errors;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: check_libical FEED.ics\n");
        return 2;
    }
    char *text = slurp(argv[1]);
    if (!text) {
        perror(argv[1]);
        return 2;
    }
    icalcomponent *calendar = icalparser_parse_string(text);
    free(text);
    if (!calendar || icalcomponent_isa(calendar) != ICAL_VCALENDAR_COMPONENT) {
        printf("not one VCALENDAR\n");
        return 1;
    }
    int wrong = !icalcomponent_check_restrictions(calendar);
    int errors = print_errors(calendar);
    printf("%d events, %d errors, restrictions %s\n",
           icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT), errors, wrong ? "broken" : "kept");
    icalcomponent_free(calendar);
    return errors || wrong ? 1 : 0;
}
