// SPDX-License-Identifier: MIT
#include "config/reference.h"

#include <cstdio>
#include <fstream>

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("usage: reverxy_reference REFERENCE.md SCHEMA.json\n", stderr);
        return 2;
    }
    std::ofstream page(arguments[1], std::ios::binary);
    std::ofstream schema(arguments[2], std::ios::binary);
    page << reverxy::config::referencePage();
    schema << reverxy::config::jsonSchema();
    page.close();
    schema.close();
    if (page && schema)
        return 0;
    std::fputs("the pages could not be written\n", stderr);
    return 1;
}
