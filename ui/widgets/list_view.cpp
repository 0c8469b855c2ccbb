// SPDX-License-Identifier: MIT
#include "ui/widgets/list_view.h"

#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/fonts.h"
#include "ui/widgets/list_style.h"

#include <QEvent>
#include <QHeaderView>
#include <QMenu>

#include <algorithm>

namespace reverxy::ui {

ListView::ListView(QWidget* parent) : QTreeView(parent) {
    setUniformRowHeights(true);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setAllColumnsShowFocus(true);
    setFrameShape(NoFrame);
    setTextElideMode(Qt::ElideRight);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollMode(ScrollPerPixel);
    setItemDelegate(new CellDelegate(this));
    setFont(tabularFont(font()));
    auto* style = new ListStyle;
    style->setParent(this);
    setStyle(style);
    setHeader(new ListHeader(this));
    header()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header(), &QWidget::customContextMenuRequested, this, &ListView::showColumnMenu);
}

void ListView::setColumns(const std::vector<QString>& widest, int stretched) {
    m_stretched = stretched;
    const QFontMetrics metrics(font());
    for (size_t i = 0; i < widest.size(); ++i) {
        const int column = static_cast<int>(i);
        const int title = static_cast<ListHeader*>(header())->titleWidth(column);
        const int cell = metrics.horizontalAdvance(widest[i]) + 2 * ListStyle::margin + 8;
        header()->resizeSection(column, std::max(title, cell));
    }
    header()->setSectionResizeMode(stretched, QHeaderView::Stretch);
}

QByteArray ListView::columnState() const {
    return header()->saveState();
}

void ListView::restoreColumns(const QByteArray& state) {
    const int columns = header()->count();
    if (state.isEmpty() || !header()->restoreState(state))
        return;
    // A stored header brings its own number of sections and modes with it.
    if (header()->count() == columns)
        header()->setSectionResizeMode(m_stretched, QHeaderView::Stretch);
}

void ListView::changeEvent(QEvent* event) {
    QTreeView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        viewport()->update();
}

void ListView::showColumnMenu(const QPoint& position) {
    QMenu menu(this);
    for (int column = 1; column < header()->count(); ++column) {
        QAction* action = menu.addAction(model()->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        connect(action, &QAction::toggled, this, [this, column](bool shown) { setColumnHidden(column, !shown); });
    }
    menu.exec(header()->mapToGlobal(position));
}

} // namespace reverxy::ui
