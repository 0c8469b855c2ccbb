// SPDX-License-Identifier: MIT
#pragma once

#include "config/reader.h"

#include <QByteArray>
#include <QFile>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Shared by the tests of this folder: a reading of a text, and problems as text to compare.

namespace reverxy::config {

inline Reading readText(std::string_view text, const Environment& environment = {},
                        const std::vector<Override>& overrides = {}) {
    return readConfiguration({"config.yaml", text, &environment, &overrides});
}

/// All problems, a line each; "" when there is none.
inline QByteArray problemsOf(const Reading& reading) {
    QByteArray lines;
    for (const Problem& problem : reading.problems)
        lines += QByteArray::fromStdString(problem.toString()) + '\n';
    return lines;
}

inline std::string fileText(const char* path) {
    QFile file(QString::fromUtf8(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

} // namespace reverxy::config
