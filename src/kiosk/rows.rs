//! Rows on the glass that keep their identity while what they say changes.

use slint::{Model, VecModel};

/// Makes `model` hold `wanted`, touching only rows that differ: a row with the same key is changed in place,
/// so that a focused or pressed row stays itself.
pub fn sync_rows<T, K>(model: &VecModel<T>, wanted: Vec<T>, key: impl Fn(&T) -> K)
where
    T: Clone + PartialEq + 'static,
    K: PartialEq,
{
    let keys: Vec<K> = wanted.iter().map(&key).collect();
    for index in (0..model.row_count()).rev() {
        if model.row_data(index).is_some_and(|row| !keys.contains(&key(&row))) {
            model.remove(index);
        }
    }
    for (index, row) in wanted.into_iter().enumerate() {
        match model.row_data(index) {
            Some(old) if old == row => {}
            Some(old) if key(&old) == key(&row) => model.set_row_data(index, row),
            _ => {
                let later = (index + 1..model.row_count())
                    .find(|at| model.row_data(*at).is_some_and(|old| key(&old) == key(&row)));
                if let Some(at) = later {
                    model.remove(at);
                }
                model.insert(index, row);
            }
        }
    }
    while model.row_count() > keys.len() {
        model.remove(model.row_count() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (u8, &'static str);

    fn rows(model: &VecModel<Row>) -> Vec<Row> {
        model.iter().collect()
    }

    #[test]
    fn any_list_becomes_any_other() {
        let lists: [&[Row]; 7] = [
            &[],
            &[(1, "a")],
            &[(1, "a"), (2, "b"), (3, "c")],
            &[(3, "c"), (1, "x"), (2, "b")],
            &[(2, "b")],
            &[(4, "d"), (2, "b"), (5, "e")],
            &[(2, "b"), (2, "b"), (4, "d")],
        ];
        for from in lists {
            for to in lists {
                let model = VecModel::from(from.to_vec());
                sync_rows(&model, to.to_vec(), |row| row.0);
                assert_eq!(rows(&model), to, "{from:?} to {to:?}");
            }
        }
    }
}
