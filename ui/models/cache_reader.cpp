// SPDX-License-Identifier: MIT
#include "ui/models/cache_reader.h"

namespace reverxy::ui {

CacheReader::CacheReader(api::EngineControl& control, QObject* parent) : QObject(parent), m_control(control) {
    connect(&control, &api::EngineControl::cacheListed, this, &CacheReader::take);
}

void CacheReader::read(const QString& filter) {
    m_listing = {filter, 0, 500};
    m_found = 0;
    m_looked = 0;
    m_cut = false;
    Q_EMIT begun();
    ask();
}

void CacheReader::stop() {
    m_asked = 0;
}

void CacheReader::ask() {
    m_asked = m_control.listCache(m_listing);
}

void CacheReader::take(quint64 number, const api::CachePagePointer& page) {
    if (number != m_asked || m_asked == 0)
        return;
    m_asked = 0;
    m_found += page->entries.size();
    m_looked += page->looked;
    m_cut = page->next && m_found >= capacity;
    Q_EMIT listed(page);
    if (page->next && !m_cut) {
        m_listing.cursor = *page->next;
        ask();
        return;
    }
    Q_EMIT ended();
}

} // namespace reverxy::ui
