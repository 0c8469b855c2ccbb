// SPDX-License-Identifier: MIT
#include "ui/models/exchange_filter.h"

#include "ui/models/exchange_cells.h"
#include "ui/models/exchange_model.h"

#include <algorithm>

namespace reverxy::ui {

ExchangeFilter::ExchangeFilter(const QString& text) {
    const QStringList words = text.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (QString word : words) {
        Word read;
        // A minus alone is a word that is still being typed.
        if (word.startsWith(QLatin1Char('-')) && word.size() > 1) {
            read.excluded = true;
            word.remove(0, 1);
        }
        const bool isClass = word.size() == 3 && word[0] >= QLatin1Char('1') && word[0] <= QLatin1Char('5') &&
                             word.endsWith(QLatin1String("xx"), Qt::CaseInsensitive);
        if (isClass)
            read.statusClass = word[0].digitValue();
        read.text = word;
        m_words.push_back(read);
    }
}

bool ExchangeFilter::matches(const api::Exchange& exchange) const {
    if (m_words.empty())
        return true;
    // A line break between the parts keeps a word from matching across two of them.
    const QStringList parts{exchange.method,
                            requestedAddress(exchange),
                            QString::number(exchange.status),
                            outcomeText(exchange, false),
                            exchange.backend(),
                            exchange.client,
                            exchange.route,
                            exchange.pool};
    const QString all = parts.join(QLatin1Char('\n'));
    return std::all_of(m_words.begin(), m_words.end(), [&](const Word& word) {
        const bool found = word.statusClass != 0 ? exchange.status / 100 == word.statusClass
                                                 : all.contains(word.text, Qt::CaseInsensitive);
        return found != word.excluded;
    });
}

void FilteredExchanges::setFilter(const ExchangeFilter& filter) {
    if (filter == m_filter)
        return;
    m_filter = filter;
    invalidateRowsFilter();
}

bool FilteredExchanges::filterAcceptsRow(int row, const QModelIndex&) const {
    if (m_filter.isEmpty())
        return true;
    const auto* model = static_cast<const ExchangeModel*>(sourceModel());
    return m_filter.matches(model->exchangeAt(row));
}

} // namespace reverxy::ui
